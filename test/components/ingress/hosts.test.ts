import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { nginxConf } from "../../../components/ingress/nginxConf";
import { parseHost } from "../../../components/schema/values/network";
import { chatRoute, panelRoute, sampleArgs } from "./confSample";
import { FrontDoor } from "./frontDoor";
import { makePair, NginxProcess } from "./nginxProcess";

/** A host name of this many characters that the settings take. */
function hostOf(length: number): string {
  // A name does not end with a dot: where it would, its parts are one character shorter.
  const part = "a".repeat(length % 64 === 0 ? 62 : 63);
  const host = `${part}.`.repeat(Math.ceil(length / part.length)).slice(0, length);
  assert.equal(parseHost(host).length, length);
  return host;
}

/** What is asked at a panel's host, and the one of its chat. */
const argsOf = (panel: string, chat: string) =>
  sampleArgs({
    routes: [
      { ...panelRoute, hostname: panel },
      { ...chatRoute, hostname: chat },
    ],
  });

describe("host names of every length are served", () => {
  // 46 is the longest that fits NGINX' own buckets, 63 the longest part of a name, 253 the longest name.
  for (const length of [4, 46, 47, 63, 64, 110, 111, 190, 252, 253]) {
    test(`${length} characters`, async () => {
      const host = hostOf(length);
      const door = new FrontDoor();
      try {
        // The longer of two decides, whichever it is.
        await door.open(argsOf(host, "c.example.com"));
        assert.equal((await door.ask(host, "/login")).status, 200);
        assert.deepEqual(door.panel.paths(), ["/login"]);
        assert.equal((await door.upgrade("c.example.com", "/socket")).status, 101);
        assert.doesNotMatch(door.nginx.said, /hash/);
      } finally {
        await door.close();
      }
    });
  }
});

test("many hosts, long and short, are taken without a word", async () => {
  const nginx = new NginxProcess();
  after(() => nginx.stop());
  nginx.secret.write(makePair("many", ["example.com"]));
  for (const count of [2, 200, 1500]) {
    const routes = Array.from({ length: count }, (_, index) => {
      const label = `h${index}`;
      return { ...panelRoute, hostname: index % 2 ? `${label}.example.com` : `${label}.${hostOf(200)}` };
    });
    assert.equal(await nginx.complaints(nginxConf(sampleArgs({ routes }))), "", `${count} hosts`);
  }
});
