import assert from "node:assert/strict";
import { createServer } from "node:net";
import { before, describe, test } from "node:test";
import type { Check, Subject } from "../../../cli/doctor/subject";
import { subjectOf } from "../../../cli/doctor/subject";
import { LiveWorld } from "../../../cli/doctor/world";
import { cloudOf } from "../../../components/clouds";
import type { Finding } from "../../../components/clouds/shared/doctor/model";
import { readTarget } from "../../../engine/stack/target";
import { project } from "../../support/project";
import { amazon, type Calls, changed, day, fakeHostOf, google, printed, refused } from "./fakeHosts";

const described = `aws eks describe-cluster --name ${project}-prod-eks --region eu-west-1 --output json`;
const endpoint = "https://ABC.gr7.eu-west-1.eks.amazonaws.com";
const subjects = new Map<string, Subject>();

before(async () => {
  for (const stack of ["prod", "prod-eks"]) subjects.set(stack, await subjectOf(readTarget(stack), new Date(day)));
});

/** prod-eks with another way to its API server. */
function eks(api: { public: boolean; allowedCidrs?: string[]; privateCidrs?: string[] }, first = true): Subject {
  const subject = subjects.get("prod-eks")!;
  const cluster = { ...subject.settings.cluster, api: { allowedCidrs: [], privateCidrs: [], ...api } };
  return { ...subject, first, settings: { ...subject.settings, cluster } as Subject["settings"] };
}

const asked = (subject: Subject, calls: Calls): Promise<readonly Finding[]> =>
  reachOf(subject).run(subject, fakeHostOf(calls));

/** The check of its cloud. */
function reachOf({ settings }: Subject): Check {
  const checks = cloudOf("cluster", settings.cluster.kind)?.doctor()?.checks ?? [];
  return checks.find(({ area }) => area === "API server")!;
}

describe("a cluster that the first up makes", () => {
  for (const [name, api, change, status, certain, what] of [
    [
      "open to this machine",
      { public: true, allowedCidrs: ["203.0.113.0/24"] },
      {},
      "ok",
      false,
      /203\.0\.113\.9 is in/,
    ],
    [
      "open to others",
      { public: true, allowedCidrs: ["198.51.100.0/24", "192.0.2.1/32"] },
      {},
      ...([
        "failed",
        true,
        /allowedCidrs: 198\.51\.100\.0\/24, 192\.0\.2\.1\/32 does not hold 203\.0\.113\.9/,
      ] as const),
    ],
    [
      "open to some, from behind a proxy",
      { public: true, allowedCidrs: ["198.51.100.0/24"] },
      { "public address": null },
      ...(["unknown", false, /could not be found out/] as const),
    ],
    [
      "from IPv6",
      { public: true, allowedCidrs: ["198.51.100.0/24"] },
      { "public address": "2001:db8::1" },
      ...(["unknown", false, /could not be found out/] as const),
    ],
    [
      "private, with nobody inside",
      { public: false },
      { addresses: ["192.168.1.7", "fe80::1"] },
      ...([
        "failed",
        true,
        /public: false lets in 10\.64\.0\.0\/16 only, and this machine has 192\.168\.1\.7:/,
      ] as const),
    ],
    [
      "private, from a network that is let in",
      { public: false, privateCidrs: ["10.200.0.0/16"] },
      { addresses: ["10.200.3.4"] },
      ...(["advice", false, /this machine's 10\.200\.3\.4 is among them/] as const),
    ],
  ] as const) {
    test(name, async () => {
      const world = { ...amazon, ...change };
      const [finding, ...more] = await asked(eks(api as Parameters<typeof eks>[0]), world);
      assert.deepEqual(more, []);
      assert.equal(finding!.status, status);
      assert.equal(finding!.certain ?? false, certain);
      assert.match(finding!.what, what);
    });
  }

  test("of whom nobody can be asked, for want of a log-in: the settings alone say that it cannot be reached", async () => {
    const loggedOut = changed(amazon, { [described]: refused("Unable to locate credentials") });
    const found = await asked(eks({ public: false }), loggedOut);
    assert.deepEqual(
      found.map(({ status, certain = false }) => [status, certain]),
      [
        ["unknown", false],
        ["failed", true],
      ],
    );
  });

  test("whose name is taken", async () => {
    const calls = changed(amazon, { [described]: printed({ cluster: { endpoint } }) });
    const [finding] = await asked(eks({ public: true }), calls);
    assert.equal(finding!.certain, true);
    assert.match(
      finding!.what,
      new RegExp(`a cluster ${project}-prod-eks is there, and the state of stack prod-eks does not know`),
    );
  });
});

describe("a cluster that is there is tried", () => {
  const calls = changed(amazon, { [described]: printed({ cluster: { endpoint } }) });
  const tcp = "tcp abc.gr7.eu-west-1.eks.amazonaws.com:443";

  test("it answers", async () => {
    const [finding] = await asked(eks({ public: false }, false), { ...calls, [tcp]: true });
    assert.equal(finding!.status, "ok");
  });

  test("it does not, and is private", async () => {
    const [finding] = await asked(eks({ public: false }, false), calls);
    assert.equal(finding!.status, "failed");
    assert.match(finding!.todo!, /a machine in cluster\.network\.vpc or cluster\.api\.privateCidrs/);
  });

  test("it does not, and lets in others", async () => {
    const [finding] = await asked(eks({ public: true, allowedCidrs: ["192.0.2.0/24"] }, false), calls);
    assert.match(finding!.todo!, /put this machine's network in cluster\.api\.allowedCidrs, now 192\.0\.2\.0\/24/);
  });

  test("GKE's by its name", async () => {
    const key = `gcloud container clusters describe ${project}-prod --location europe-west1 --project switchboard-prod --format json`;
    const there = changed(google, {
      [key]: printed({
        controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: "gke-1.europe-west1.gke.goog" } },
      }),
    });
    const [silent] = await asked(subjects.get("prod")!, there);
    assert.match(silent!.what, /gke-1\.europe-west1\.gke\.goog\) does not answer/);
    const [answers] = await asked(subjects.get("prod")!, { ...there, "tcp gke-1.europe-west1.gke.goog:443": true });
    assert.equal(answers!.status, "ok");
  });
});

test("this machine's own connections and addresses", async () => {
  const world = new LiveWorld(new AbortController().signal);
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as { port: number };
  assert.equal(await world.connects("127.0.0.1", port), true);
  await new Promise((closed) => server.close(closed));
  assert.equal(await world.connects("127.0.0.1", port), false);
  for (const address of await world.addresses()) assert.doesNotMatch(address, /^(127\.|::1$)/);
});
