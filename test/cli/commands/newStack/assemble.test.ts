import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { assemble, changesOf } from "../../../../cli/commands/newStack/assemble";
import { kinds } from "../../../../cli/commands/newStack/kinds";
import type { Given, Known } from "../../../../components/clouds/shared/newStack";
import { removed } from "../../../../components/schema/change";
import { repository } from "../../../support/plan";
import { layerKey } from "../../../support/project";

const known: Known = { usedPorts: [], images: { postgres: "p@sha256:1", edge: "e@sha256:2" } };
const baseText = (stack: string) => readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8");
const body = (text: string) => text.replace(/^(#.*\n)+/, "");
const changes = (given: Given, more: Partial<Known> = {}) =>
  Object.fromEntries(changesOf(given, { ...known, ...more }));

for (const stack of ["dev", "prod", "prod-eks"]) {
  test(`stack ${stack} is written so that nothing but values changes`, () => {
    const base = baseText(stack);
    assert.equal(assemble(base, "# Title", []), `# Title\n${body(base)}`);
    const changed = assemble(base, "# Title", [
      ["operations.stage", "other"],
      ["edge.panel.host", "a.example.org"],
    ]);
    const before = body(base).split("\n");
    const after = body(changed).split("\n");
    assert.equal(after.length, before.length, "comments and lines stay");
    assert.equal(after.filter((line, index) => line !== before[index]).length, 2);
  });
}

test("a number stays a number, text that looks like one stays quoted, a map is written in one line", () => {
  const text = assemble(baseText("prod"), "#", [
    ["panel.replicas", 7],
    ["cluster.projectNumber", "987654321098"],
    ["edge.certificate", { kind: "selfSigned", validityDays: 90 }],
    ["cluster.dnsZone", removed],
  ]);
  assert.match(text, /^ {4}replicas: 7$/m);
  assert.match(text, /^ {4}projectNumber: "987654321098"$/m);
  assert.match(text, /^ {4}certificate: \{kind: selfSigned, validityDays: 90\}$/m);
  assert.equal(parse(text).config[layerKey("cluster")].dnsZone, undefined);
});

test("each kind of place has its base", () => {
  assert.deepEqual(
    Object.entries(kinds).map(([where, { base }]) => [where, base]),
    [
      ["local", "dev"],
      ["existing", "dev"],
      ["gke", "prod"],
      ["eks", "prod-eks"],
    ],
  );
});

test("on the local nodes a stack gets ports that no other stack there has", () => {
  const given: Given = { where: "local" };
  const ports = (usedPorts: number[]) => {
    const { "edge.httpsPort": https, "edge.httpPort": http } = changes(given, { usedPorts });
    return [https, http];
  };
  assert.deepEqual(ports([]), [8443, 8080]);
  assert.deepEqual(ports([8443, 8080]), [8444, 8081]);
  assert.deepEqual(ports([8443, 8081]), [8445, 8082]);
});

test("what belongs to the base's own account, project or zone does not come along", () => {
  const eks = changes({ where: "eks", example: "panel-and-chat", account: "111122223333", region: "eu-north-1" });
  assert.deepEqual(eks["cluster.access.administrators"], []);
  assert.deepEqual(eks["cluster.zones"], ["eu-north-1a", "eu-north-1b", "eu-north-1c"]);
  const image = (found: Record<string, unknown>, app: string) => (found[`apps.${app}.image`] as any).repository;
  assert.equal(image(eks, "chat"), "111122223333.dkr.ecr.eu-north-1.amazonaws.com/switchboard/chat");
  assert.equal(eks["cluster.dnsZone"], removed);
  const gke = changes({ where: "gke", example: "panel-and-chat", project: "my-project", region: "europe-west3" });
  assert.equal(image(gke, "panel"), "europe-west3-docker.pkg.dev/my-project/switchboard/panel");
});

test("a zone gives certificates by DNS and its records; without one they are got by HTTP", () => {
  const given: Given = { where: "gke", certificate: "acme", admin: "a@b.example", host: "panel.b.example" };
  const zoned = changes({ ...given, dnsZone: "zone-b", directory: "production" });
  assert.equal(zoned["cluster.dnsZone.name"], "zone-b");
  assert.equal(zoned["cluster.dnsZone.domain"], "b.example");
  assert.deepEqual(zoned["edge.certificate"], {
    kind: "acme",
    email: "a@b.example",
    directory: "production",
    challenge: "dns01",
  });
  assert.equal(zoned["edge.hsts"], undefined, "a certificate of production may be insisted on");
  const without = changes({ ...given, dnsZone: "none" });
  assert.equal((without["edge.certificate"] as { challenge: string }).challenge, "http01");
  assert.equal(without["edge.hsts"], removed, "browsers must not insist on a certificate that they do not trust");
});

test("production on a cluster of one's own uses images by their digests", () => {
  const given: Given = { where: "existing", size: "production", redisImage: "r@sha256:3" };
  const found = changes(given);
  assert.deepEqual(
    [found["postgres.image"], found["redis.image"], found["edge.image"]],
    ["p@sha256:1", "r@sha256:3", "e@sha256:2"],
  );
  assert.equal(found["operations.protect"], true);
  assert.equal(changes({ ...given, size: "small" })["operations.protect"], false);
});
