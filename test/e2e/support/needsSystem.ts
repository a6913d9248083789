import { existsSync } from "node:fs";
import { notUp } from "./system";

// One failure a suite, at once: without the system every test would wait until its own time is over.
if (existsSync(notUp)) throw new Error("the first suite has not brought the system up, and this one needs it");
