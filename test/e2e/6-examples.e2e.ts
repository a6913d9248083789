/** The examples with the most in them; the others are in further/examples.e2e.ts. */
import { lookAt } from "./support/exampleSuite";

for (const name of ["rails", "panel-and-chat"]) lookAt(name);
