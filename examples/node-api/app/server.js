// An API without a database. What a rollout without a lost request needs: it says when it takes requests, it
// finishes those that run, and it ends by itself.
const { createServer } = require("node:http");

const { PORT = "3000", APP_VERSION = "", GREETING = "hello" } = process.env;
let stopping = false;

const answers = {
  "/": () => [200, { greeting: GREETING, version: APP_VERSION }],
  "/livez": () => [200, { ok: true }],
  "/readyz": () => (stopping ? [503, { ok: false }] : [200, { ok: true }]),
};

const server = createServer((request, response) => {
  const [path = "/"] = (request.url ?? "/").split("?");
  const [status, body] = answers[path]?.() ?? [404, { error: "not found" }];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (path !== "/livez" && path !== "/readyz") {
    const requestId = request.headers["x-request-id"];
    console.log(JSON.stringify({ time: new Date().toISOString(), level: "info", path, status, requestId }));
  }
});
server.listen(Number(PORT), () => console.log(JSON.stringify({ level: "info", message: "listening", port: PORT })));

process.on("SIGTERM", () => {
  stopping = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
