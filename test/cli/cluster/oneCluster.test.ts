import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { accessTo } from "../../../cli/cluster/access";
import { catalog } from "../../../cli/commands";
import { namespaceIsLost } from "../../../cli/commands/up/lostNamespace";
import { waitForRollouts } from "../../../cli/commands/up/rollouts";
import { ioOf } from "../../../cli/core/io";
import { findObject } from "../../../components/kubernetes/lookup";
import { layersOf } from "../../../components/schema/stackFile";
import { parseSettings } from "../../../components/settings/parse";
import type { Target } from "../../../engine/stack/target";
import { smallConfig } from "../../support/config";
import { productFolders } from "../../support/folders";
import { repository } from "../../support/plan";
import { project } from "../../support/project";

/** k3s#14441: the shell's kubeconfig has a context of the same name, which leads to another cluster. */
const folder = mkdtempSync(join(tmpdir(), "switchboard-one-cluster-"));
const calls = join(folder, "calls");
const kept = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG, HOME: process.env.HOME };

/** A kubeconfig whose context `lab` leads to this server. */
const kubeconfigOf = (server: string) =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "lab" },
    clusters: [{ name: "c", cluster: { server: `https://${server}.example.com` } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "lab", context: { cluster: "c", user: "u" } }],
  });

/**
 * A kubectl that writes down which server it would ask, chosen as kubectl does: by --kubeconfig, else KUBECONFIG, else
 * the file in the home folder. It knows its versions and the namespace, and is refused everything else.
 */
const kubectl = `#!/bin/sh
file="$HOME/.kube/config"
[ -n "$KUBECONFIG" ] && file="$KUBECONFIG"
for word in "$@"; do case "$word" in --kubeconfig=*) file="\${word#--kubeconfig=}";; esac; done
case "$*" in *--client*) file=none;; esac
[ "$file" = none ] || echo "$(sed -n 's/.*https:..\\([a-z]*\\).example.com.*/\\1/p' "$file") $*" >> ${calls}
case "$*" in
*version*) echo '{"clientVersion":{"gitVersion":"v1.36.1"},"serverVersion":{"gitVersion":"v1.36.0"}}';;
*get*namespace*output=name) echo namespace/shop;;
*get*output=json*|*get*"output json"*) echo '{"items":[]}';;
*) echo 'Error from server (Forbidden): User "joe" cannot do resource "anything"' >&2; exit 1;;
esac
`;

let target: Target;

before(() => {
  writeFileSync(join(folder, "kubectl"), kubectl);
  chmodSync(join(folder, "kubectl"), 0o755);
  // Where there is no Pulumi a command would build it first, which is not what is tried here.
  writeFileSync(join(folder, "pulumi"), '#!/bin/sh\n[ "$1" = version ] && echo v3.250.0 || exit 1\n', { mode: 0o755 });
  mkdirSync(join(folder, ".kube"));
  writeFileSync(join(folder, ".kube", "config"), kubeconfigOf("home"));
  writeFileSync(join(folder, "ambient"), kubeconfigOf("ambient"));
  writeFileSync(join(folder, "mine"), kubeconfigOf("mine"));
  Object.assign(process.env, {
    PATH: `${folder}:${kept.PATH}`,
    KUBECONFIG: join(folder, "ambient"),
    HOME: folder,
  });
  const config = smallConfig({ cluster: { context: "lab", kubeconfig: join(folder, "mine"), namespace: "shop" } });
  const stackFile = join(folder, "Pulumi.lab.yaml");
  writeFileSync(stackFile, stringify({ config }));
  target = { stack: "lab", stackFile, local: false, context: "lab", ports: { https: 443, http: 80 } };
});
beforeEach(() => rmSync(calls, { force: true }));
after(() => {
  Object.assign(process.env, kept);
  if (kept.KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  rmSync(folder, { recursive: true });
});

/** Every call that went to a cluster: the server, and the arguments. */
const asked = (): string[] => {
  try {
    return readFileSync(calls, "utf8").trim().split("\n");
  } catch {
    return [];
  }
};

function assertOnlyMine(who: string): void {
  const all = asked();
  assert.ok(all.length > 0, `${who} has asked a cluster`);
  for (const call of all) assert.match(call, /^mine /, `${who} asks the cluster of the stack and no other`);
}

/** Runs it until it ends, or has asked so often that it would go on for ever: then it is interrupted. */
async function untilAsked(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  let over = false;
  // What it makes of the refusals is not looked at.
  const running = work(controller.signal)
    .catch(() => {})
    .finally(() => {
      over = true;
    });
  while (!over && asked().length < 4) await sleep(20);
  controller.abort();
  await running;
}

const nowhere = () =>
  new Writable({
    write: (_chunk, _encoding, done) => done(),
  });

/** How each command that asks a cluster is called; a new one that is in none of the lists fails below. */
const asking: Record<string, { readonly arguments?: object; readonly rest?: string[]; readonly options?: object }> = {
  doctor: {},
  status: {},
  logs: {},
  backup: { options: { type: "diff" } },
  backups: {},
  restore: { options: { fileOnly: true } },
  upgrade: { arguments: { what: "postgres" }, options: { image: "registry.example/postgres:17.5", fileOnly: true } },
  versions: {},
  console: { arguments: { app: "panel" }, options: { expression: "1", ttl: "1h", cpu: "1" } },
  run: { arguments: { app: "panel" }, rest: ["node"], options: { timeout: "1h", cpu: "1", memory: "512Mi" } },
};
/** These run the Pulumi CLI with the program, whose cluster is the provider's; what they ask besides is tested below. */
const byProgram = ["preview", "up", "down", "drift", "pulumi", "switch"];
const offline = ["cost", "diagram", "new-stack", "comment", "completion"];

describe("k3s#14441: no command asks another cluster than the stack's", () => {
  test("every command is looked at here", () => {
    const known = [...Object.keys(asking), ...byProgram, ...offline].sort();
    assert.deepEqual(catalog.map(({ name }) => name).sort(), known);
  });

  for (const [name, call] of Object.entries(asking)) {
    test(name, async () => {
      const spec = await catalog.find((entry) => entry.name === name)!.load();
      await untilAsked(async (signal) => {
        const io = ioOf({ ...{ stdout: nowhere(), stderr: nowhere(), env: {}, json: true, quiet: true, signal } });
        const invocation = { io, target, arguments: {}, options: {}, rest: [], confirm: async () => {}, ...call };
        await spec.run(invocation as never);
      });
      assertOnlyMine(name);
    });
  }

  test("what up and down ask besides the program: the rollouts, a lost namespace", async () => {
    await untilAsked((signal) => waitForRollouts(target, () => {}, signal));
    await untilAsked((signal) => namespaceIsLost(target, () => {}, signal));
    assertOnlyMine("up");
  });

  test("the program, which looks whose a namespace is, and its provider", async () => {
    const config = smallConfig({ cluster: { context: "lab", kubeconfig: join(folder, "mine") } });
    const settings = parseSettings(layersOf(config, project), {
      ...{ stack: "lab", project, root: repository, home: homedir(), path: process.env.PATH ?? "" },
      ...{ kubeconfig: process.env.KUBECONFIG, now: new Date(), secretLayers: new Set<string>() },
    });
    assert.equal(settings.cluster.kind, "existing");
    const { kubeconfig } = settings.cluster as { kubeconfig: { server: string; text: { reveal(): string } } };
    assert.equal(kubeconfig.server, "https://mine.example.com");
    await findObject(kubeconfig.text.reveal(), "Namespace", "shop").catch(() => {});
    assertOnlyMine("the program");
  });

  test("where the stack names no file, each follows KUBECONFIG and else the home folder, as the program does", async () => {
    const plain = join(folder, "Pulumi.plain.yaml");
    writeFileSync(plain, stringify({ config: smallConfig({ cluster: { context: "lab" } }) }));
    for (const [kubeconfig, server] of [
      [join(folder, "ambient"), "ambient"],
      [`${join(folder, "missing")}:${join(folder, "mine")}:${join(folder, "ambient")}`, "mine"],
      [undefined, "home"],
    ] as const) {
      if (kubeconfig === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = kubeconfig;
      rmSync(calls, { force: true });
      (await accessTo({ ...target, stackFile: plain }, { evenWithoutNamespace: true })).close();
      const doctor = await catalog[0]!.load();
      const signal = new AbortController().signal;
      const io = ioOf({ ...{ stdout: nowhere(), stderr: nowhere(), env: {}, json: true, quiet: true, signal } });
      const invocation = { io, target: { ...target, stackFile: plain }, arguments: {}, options: {}, rest: [] };
      await doctor.run(invocation as never);
      for (const call of asked()) assert.ok(call.startsWith(`${server} `), `${kubeconfig}: ${call}`);
    }
    process.env.KUBECONFIG = join(folder, "ambient");
  });
});

test("a way that leads nowhere is told by the doctor, and no other cluster is asked in its place", async () => {
  const lost = join(folder, "Pulumi.lost.yaml");
  const config = smallConfig({ cluster: { context: "lab", kubeconfig: join(folder, "gone") } });
  writeFileSync(lost, stringify({ config }));
  const doctor = await catalog.find(({ name }) => name === "doctor")!.load();
  const signal = new AbortController().signal;
  const io = ioOf({ ...{ stdout: nowhere(), stderr: nowhere(), env: {}, json: true, quiet: true, signal } });
  await doctor.run({ io, target: { ...target, stackFile: lost }, arguments: {}, options: {}, rest: [] } as never);
  const { checks } = io.held!.value as { checks: { area: string; findings: { status: string; what: string }[] }[] };
  const [finding] = checks.find(({ area }) => area === "cluster")!.findings;
  assert.equal(finding!.status, "failed");
  assert.match(finding!.what, /gone.*is not a file/);
  assert.deepEqual(asked(), []);
});

/** Who may name kubectl: those that start it say which kubeconfig, the others make words for a person or the binary. */
const starters = [
  ...["components/kubernetes/lookup.ts", "cli/cluster/access.ts"],
  ...[
    "cli/doctor/checks/askCluster.ts",
    "cli/doctor/checks/existingCluster.ts",
    "cli/doctor/checks/tools.ts",
    "cli/doctor/world.ts",
  ],
  ...["components/kubernetes/access.ts", "cli/cluster/wayIn.ts", "cli/commands/up/up.ts", "cli/images/load.ts"],
];

test("nothing else starts kubectl", () => {
  const files = productFolders.flatMap((top) =>
    (readdirSync(join(repository, top), { recursive: true }) as string[])
      .filter((path) => path.endsWith(".ts") && !/^(nodes|images)\//.test(path))
      .map((path) => `${top}/${path}`),
  );
  const found = files.filter((path) => /["'`]kubectl["'`]/.test(readFileSync(join(repository, path), "utf8")));
  assert.deepEqual(
    found.filter((path) => !starters.includes(path)),
    [],
  );
});
