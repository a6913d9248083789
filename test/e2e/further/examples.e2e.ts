/** The other examples. Needs nodes that are up; `npm run e2e:examples` runs it. */
import { lookAt } from "../support/exampleSuite";

for (const name of ["node-api", "three-tier", "websocket-tls-sidecar"]) lookAt(name);
