import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { RegistryUnreachable } from "../../../components/registry/client";
import { Registries } from "../../../components/registry/manifests";

const seen: string[] = [];
// A registry on loopback that pages as the distribution specification says, with a link that is relative to its root.
const server = createServer((request, response) => {
  seen.push(request.url!);
  const { pathname, searchParams } = new URL(request.url!, "http://x");
  if (pathname !== "/v2/team/app/tags/list") return void response.writeHead(404).end("{}");
  if (searchParams.get("last") === "2") return void response.end(JSON.stringify({ name: "team/app", tags: ["3"] }));
  response.setHeader("link", '</v2/team/app/tags/list?n=1000&last=2>; rel="next"');
  response.end(JSON.stringify({ name: "team/app", tags: ["1", "2"] }));
});
after(() => server.close());

test("all pages of a repository's tags, and an error for one that is not there", async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registries = new Registries({ env: { PATH: "" }, home: "/nonexistent" });
  assert.deepEqual(await registries.tagsOf(`${host}/team/app:1`), ["1", "2", "3"]);
  assert.deepEqual(seen.slice(-2), ["/v2/team/app/tags/list?n=1000", "/v2/team/app/tags/list?n=1000&last=2"]);
  await assert.rejects(registries.tagsOf(`${host}/team/other:1`), (error: Error) => {
    assert.ok(error instanceof RegistryUnreachable);
    assert.match(error.message, /HTTP 404 \(team\/other\)/);
    return true;
  });
});
