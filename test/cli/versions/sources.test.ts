import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chartFacts, chartsIn } from "../../../cli/versions/charts";
import { clusterFacts } from "../../../cli/versions/cluster";
import { imageFacts } from "../../../cli/versions/images";
import { toolFacts } from "../../../cli/versions/tools";
import type { Programs } from "../../../components/clouds/shared/versions";
import { notInstalled, printed, refused } from "../doctor/fakeHosts";

const now = new Date("2026-12-01T12:00:00Z");

/** A world in which some command lines have an answer, and no other program is installed. */
const world = (answers: Readonly<Record<string, ReturnType<typeof printed>>>, at = now): Programs => ({
  now: at,
  run: async (program, ...args) => answers[[program, ...args].join(" ")] ?? notInstalled,
});
const noTags = () => Promise.reject(new Error("docker.io: no answer in time"));

describe("images", () => {
  const image = (where: string, reference: string) => ({ where, reference });

  test("what the registry has goes before the table, and the row says so", async () => {
    const [fact, system] = await imageFacts(
      [image("postgres.image", "postgres:17.6-bookworm")],
      async () => ["17.7-bookworm", "18.1-bookworm", "19.0-bookworm"],
      now,
    );
    assert.deepEqual(fact, {
      ...{ what: "Postgres (image)", now: "17.6", newest: "17.7", next: "19", setting: "postgres.image" },
      ...{ support: { until: "2029-11-08" }, sources: ["registry", "table of 2026-11-29"], notes: [] },
    });
    assert.deepEqual([system!.what, system!.now, system!.next], ["Debian below images", "bookworm", "trixie"]);
  });

  test("without a registry the table counts, with the reason", async () => {
    const [fact] = await imageFacts([image("redis.image", "redis:7.0.15")], noTags, now);
    assert.deepEqual([fact!.newest, fact!.next, fact!.support?.until], [undefined, "8.10", "2024-07-29"]);
    assert.deepEqual(fact!.sources, ["table of 2026-02-23"]);
    assert.deepEqual(fact!.notes, ["tags of redis: docker.io: no answer in time"]);
  });

  test("a line that the table does not know", async () => {
    const [fact] = await imageFacts([image("edge.image", "nginx:1.40.1")], undefined, now);
    assert.equal(fact!.support, undefined);
    assert.match(fact!.notes[0]!, /^the table of 2026-07-15 does not know 1\.40; look at https:/);
  });

  test("a table older than a year says that it is, and nothing else", async () => {
    const [fact] = await imageFacts([image("edge.image", "nginx:1.28.1")], undefined, new Date("2028-01-01"));
    assert.deepEqual([fact!.support, fact!.next, fact!.sources], [undefined, undefined, []]);
    assert.deepEqual(fact!.notes, ["the table is from 2026-07-15; a newer release of this program knows more"]);
  });

  test("a digest alone names the setting and what to write", async () => {
    const [fact] = await imageFacts([image("edge.image", `nginx@sha256:${"0".repeat(64)}`)], noTags, now);
    assert.equal(fact!.now, undefined);
    assert.match(fact!.notes[0]!, /^edge\.image: it is named by its digest only.*nginx:VERSION@sha256/);
  });

  test("the same image in two places is one row that names both; unknown products are none", async () => {
    const facts = await imageFacts(
      [image("a/Dockerfile", "node:22.1.0"), image("b/Dockerfile", "node:22.1.0"), image("apps.x.image", "acme/x:1")],
      undefined,
      now,
    );
    assert.deepEqual(
      facts.map(({ what, setting }) => [what, setting]),
      [["Node.js (image)", "a/Dockerfile, b/Dockerfile"]],
    );
  });
});

describe("charts", () => {
  const inputs = { chart: "cert-manager", version: "v1.20.1", repositoryOpts: { repo: "https://charts.example" } };
  const show = "helm show chart cert-manager --repo https://charts.example";

  test("are found among resources by what names a chart in a repository", () => {
    assert.deepEqual(chartsIn([{ inputs }, { inputs: { chart: "oci://x/y", version: "1" } }, {}]), [
      { name: "cert-manager", version: "v1.20.1", repository: "https://charts.example" },
    ]);
  });

  for (const [name, answer, newest, next, sources] of [
    [
      "helm tells the newest",
      printed("apiVersion: v2\nname: cert-manager\nversion: v1.22.0\n"),
      undefined,
      "1.22",
      ["helm", "table of 2026-07-10"],
    ],
    ["of the same line", printed("version: v1.20.3\n"), "v1.20.3", undefined, ["helm", "table of 2026-07-10"]],
    ["helm is not there", notInstalled, undefined, "1.21", ["table of 2026-07-10"]],
    ["the repository does not answer", refused("Error: no answer"), undefined, "1.21", ["table of 2026-07-10"]],
  ] as const)
    test(name, async () => {
      const [fact] = await chartFacts(chartsIn([{ inputs }]), world({ [show]: answer }));
      assert.deepEqual([fact!.now, fact!.newest, fact!.next, fact!.sources], ["v1.20.1", newest, next, sources]);
      assert.equal(fact!.notes.length, answer.exitCode === 0 ? 0 : 1);
      for (const note of fact!.notes) assert.ok(note.includes(show), note);
    });
});

describe("a cluster that is there", () => {
  for (const [server, next, until, setting] of [
    ["v1.35.2+k3s1", "1.36", "2027-02-28", /k3s/],
    ["v1.37.1", undefined, "2027-10-28", /own tool/],
    ["v1.36.3-eks-1a2b3c4", "1.37", "2027-06-28", /aws eks/],
    ["v1.36.0-gke.3302004", "1.37", "2027-06-28", /gcloud/],
    ["v1.20.1", undefined, undefined, /own tool/],
  ] as const)
    test(server, () => {
      const [fact, ...more] = clusterFacts({ server, kubelets: [server] }, now);
      assert.deepEqual([fact!.next, fact!.support?.until, more.length], [next, until, 0]);
      assert.match(fact!.setting, setting);
      assert.equal(fact!.sources[0], "cluster");
    });

  test("its oldest node has a row where it is of another line", () => {
    const facts = clusterFacts({ server: "v1.36.1", kubelets: ["v1.36.1", "v1.35.9", "v1.34.1"] }, now);
    assert.deepEqual(
      facts.map(({ what, now }) => [what, now]),
      [
        ["Kubernetes", "v1.36.1"],
        ["oldest node", "v1.34.1"],
      ],
    );
    assert.equal(facts[1]!.support?.until, "2026-10-27");
    assert.equal(facts[1]!.next, "1.36");
  });

  test("that does not answer says why", () => {
    const [fact] = clusterFacts({ problem: "no route; start it" }, now);
    assert.deepEqual([fact!.now, fact!.notes], [undefined, ["no route; start it"]]);
  });
});

describe("tools", () => {
  test("Node.js against its calendar, and what the Pulumi CLI says of itself", async () => {
    const pulumi = {
      ...printed("v3.250.0\n"),
      stderr: "warning: A new version of Pulumi is available. To upgrade from version '3.250.0' to '3.260.1', visit …",
    };
    const facts = await toolFacts(world({ "node --version": printed("v22.21.0\n"), "pulumi version": pulumi }), false);
    assert.deepEqual(
      facts.map(({ now, newest, next, support }) => [now, newest, next, support?.until]),
      [
        ["22.21.0", undefined, "26", "2027-04-30"],
        ["3.250.0", "3.260.1", undefined, undefined],
      ],
    );
  });

  test("the local nodes need no Pulumi CLI of this machine; elsewhere it is told how to get one", async () => {
    const answers = { "node --version": printed("v24.1.0") };
    assert.deepEqual(
      (await toolFacts(world(answers), true)).map(({ what }) => what),
      ["Node.js of this machine"],
    );
    assert.match(
      (await toolFacts(world(answers), false))[1]!.notes[0]!,
      /pulumi is not installed; install the Pulumi CLI/,
    );
  });
});
