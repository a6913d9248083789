import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { repository } from "./support/plan";
import { project } from "./support/project";
import { renamedCopy } from "./support/renamedCopy";

const fixture = join(repository, "test/fixtures/clouds/acme");
/** The repository of somebody who adds a cloud. */
let copy: string;

before(() => {
  copy = renamedCopy(project);
  const folder = join(copy, "components/clouds/acme");
  mkdirSync(folder);
  for (const file of readdirSync(fixture)) {
    const text = readFileSync(join(fixture, file), "utf8");
    const moved = text
      .replaceAll("../../../../components/clouds/", "../")
      .replaceAll("../../../../components/", "../../");
    writeFileSync(join(folder, file), moved);
  }
  const registry = join(copy, "components/clouds/index.ts");
  const text = readFileSync(registry, "utf8");
  writeFileSync(
    registry,
    text
      .replace("export const clouds = { existing, gcp, aws }", "export const clouds = { existing, gcp, aws, acme }")
      .replace('import { aws } from "./aws";', 'import { acme } from "./acme";\nimport { aws } from "./aws";'),
  );
  const stack = readFileSync(join(copy, "Pulumi.dev.yaml"), "utf8");
  const cluster = [
    `  ${project}:cluster:`,
    "    kind: acmeKubernetes",
    "    region: north",
    "    api: { allowedCidrs: [203.0.113.0/24] }",
    "    pools: { apps: { machineType: large, min: 2, max: 3 } }",
    "",
  ].join("\n");
  const changed = stack.replace(/^ {2}\S+:cluster:\n(?: {4}.*\n| *#.*\n)*/m, cluster);
  assert.notEqual(changed, stack);
  writeFileSync(join(copy, "Pulumi.acme.yaml"), changed.replaceAll("8443", "443").replaceAll("8080", "80"));
});

function switchboard(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: "1", SWITCHBOARD_CACHE: join(copy, "cache") };
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(copy, "cli/bin/switchboard.cjs"), ...args], {
    ...{ cwd: copy, encoding: "utf8", env },
  });
  return { text: stdout + stderr, status };
}

test("a cloud is a folder and a line: no other file is touched", () => {
  const status = execFileSync("git", ["status", "--porcelain"], { cwd: copy, encoding: "utf8" });
  assert.deepEqual(
    status
      .split("\n")
      .filter(Boolean)
      .map((line) => line.slice(3))
      .sort(),
    ["Pulumi.acme.yaml", "components/clouds/acme/", "components/clouds/index.ts"],
  );
});

test("the compiler has nothing to say against it, and names what a cloud has not brought", () => {
  const compile = () =>
    spawnSync(
      process.execPath,
      [join(repository, "node_modules/typescript-native/bin/tsc"), "--noEmit", "--singleThreaded", "--project", copy],
      { encoding: "utf8" },
    ).stdout;
  assert.equal(compile(), "");
  const index = join(copy, "components/clouds/acme/index.ts");
  const whole = readFileSync(index, "utf8");
  writeFileSync(
    index,
    whole.replace("  doctor: () => doctor,\n", "").replace(/const doctor: CloudDoctor = \{[\s\S]*?\n\};\n/, ""),
  );
  assert.match(compile(), /Property 'doctor' is missing/);
  writeFileSync(index, whole);
});

test("a stack on it is previewed, with its settings checked", () => {
  const { text, status } = switchboard("preview", "acme", "--json");
  assert.equal(status, 0, text);
  assert.match(text, /acme:compute\/cluster:Cluster|cluster-cluster/);
  const file = join(copy, "Pulumi.acme.yaml");
  const right = readFileSync(file, "utf8");
  writeFileSync(file, right.replace("region: north", "region: east"));
  const wrong = switchboard("preview", "acme", "--json");
  writeFileSync(file, right);
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.text, /cluster\.region: "east" .*north/);
});

test("a new stack can be made on it, and its own answers are checked", () => {
  const made = (region: string) =>
    switchboard(
      ...["new-stack", "--yes", "--name", "team", "--where", "acmeKubernetes", "--size", "small", "--region", region],
      ...[
        "--example",
        "panel-and-chat",
        "--host",
        "panel.example.org",
        "--chat-host",
        "chat.example.org",
        "--admin",
        "me@example.org",
      ],
      ...["--certificate", "selfSigned", "--folder", join(copy, "cache")],
    );
  mkdirSync(join(copy, "cache"), { recursive: true });
  const wrong = made("east");
  assert.equal(wrong.status, 1);
  assert.match(wrong.text, /--region: "east" .*north/);
  const { text, status } = made("north");
  assert.equal(status, 0, text);
  assert.match(readFileSync(join(copy, "cache/Pulumi.team.yaml"), "utf8"), /^# Stack team: Acme Cloud, small\./);
  assert.match(switchboard("new-stack", "--help").text, /with gke, eks and acmeKubernetes: region/);
});

test("a pipeline opens the door that the cloud brings, and keeps the cloud's rights from other jobs", () => {
  const script = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--require", "./components/loader.cjs", `cli/ci/${name}.ts`, ...args],
      { cwd: copy, encoding: "utf8", env: { ...process.env, ...env } },
    );
    return { text: stdout + stderr, status };
  };
  const opened = script("apiDoor", ["open", "acme", "--address", "203.0.113.9", "--minutes", "5"]);
  assert.equal(opened.status, 0, opened.text);
  assert.match(opened.text, new RegExp(`Acme lets 203\\.0\\.113\\.9 into ${project}-dev for 5 minutes`));
  assert.match(script("apiDoor", ["sweep", "acme"]).text, /Acme has swept/);
  const seen = script("approval", ["open"], { ACME_TOKEN: "a" });
  assert.equal(seen.status, 1);
  assert.match(seen.text, /ACME_TOKEN reaches the jobs of every branch/);
});

test("the doctor asks what the cloud brings", () => {
  const doctor = switchboard("doctor", "acme", "--json");
  assert.match(doctor.text, /Acme Cloud knows/);
  assert.match(doctor.text, /acme-cli-that-nobody-has is not installed/);
});

test("costs, the diagram and the plan say what the cloud's facts know of its cluster", () => {
  const cost = switchboard("cost", "acme");
  assert.equal(cost.status, 0, cost.text);
  const priced = switchboard("cost", "acme", "--verbose");
  assert.match(priced.text, /control plane.*365/);
  assert.match(cost.text, /its balancer: nobody has said what one costs in this cloud/);
  const diagram = switchboard("diagram", "acme");
  assert.equal(diagram.status, 0, diagram.text);
  assert.match(diagram.text, /Acme Kubernetes, north/);
  const cluster = { type: "acme:compute/cluster:Cluster", name: "cluster-cluster", custom: true, inputs: {} };
  const change = { operation: "delete", before: cluster, properties: [], forcedBy: [] };
  const program = `console.log(JSON.stringify(require("./review/plan/risk").assess(${JSON.stringify(change)})))`;
  const told = execFileSync(process.execPath, ["--require", "./components/loader.cjs", "--eval", program], {
    ...{ cwd: copy, encoding: "utf8" },
  });
  assert.deepEqual(JSON.parse(told), {
    risk: "danger",
    reasons: ["Cluster cluster-cluster (cluster of Acme) is deleted: everything that runs in it stops."],
  });
});
