import { tmpdir } from "node:os";
import { join } from "node:path";

/** The file whose age says that the worker beside it is alive. Apart from the settings, so that the probe stays cheap. */
export const heartbeatFile = process.env.HEARTBEAT_FILE || join(tmpdir(), "panel-worker.heartbeat");
