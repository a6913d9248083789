import assert from "node:assert/strict";
import { test } from "node:test";
import { keyName } from "../../../components/schema/report";
import { Secret } from "../../../components/schema/secret";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import { everythingKinds, everythingStack } from "../../support/everything";
import { repository, writeKubeconfig } from "../../support/plan";
import { context as machine, parse, problems } from "./stack";

type Layers = Record<string, Record<string, unknown>>;
const project = "switchboard";
const kubeconfig = writeKubeconfig("switchboard-local");
const here = { ...machine, root: repository, now: new Date(), kubeconfig };

/** Paths of every single value below a layer. */
function leaves(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [[...path]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, entry]) => leaves(entry, [...path, key]));
}

/** The settings that are meant for secrets. */
function isSecret(path: readonly (string | number)[]): boolean {
  if (path.at(-3) === "files" && path.at(-1) === "secret") return true;
  if (path.includes("backup")) return /^(key|accessKey|secretKey|encryptionKey)$/.test(String(path.at(-1)));
  // The password of a first log-in is the name of a variable.
  if (path.at(-2) === "firstLogin") return false;
  return ["secretEnv", "basicAuth"].includes(String(path.at(-2))) || path.at(-1) === "password";
}

function put(value: any, path: readonly (string | number)[], entry: unknown): void {
  const last = path.at(-1)!;
  const holder = path.slice(0, -1).reduce((here, key) => here[key], value);
  holder[last] = entry;
}

/** What the program says when one value of a stack's file is encrypted, and a word that stands in for it. */
function refusal(layers: Layers, layer: string, path: readonly (string | number)[]): readonly string[] | "taken" {
  const stored = structuredClone(layers) as Layers;
  // What has to be a secret is one; `path` is one more.
  for (const [name, value] of Object.entries(stored))
    for (const one of leaves(value).filter(isSecret)) put(stored[name], one, { secure: "v1:abc" });
  put(stored[layer], path, { secure: "v1:abc" });
  const raw = structuredClone(layers) as Layers;
  const value = path.reduce<any>((here, key) => here[key], raw[layer]);
  put(raw[layer], path, typeof value === "string" ? value : String(value));
  const config = Object.fromEntries(Object.entries(stored).map(([key, entry]) => [`${project}:${key}`, entry]));
  try {
    const settings = parseSettings(raw, {
      ...here,
      stored: { config },
      secretLayers: new Set([layer, "panel", "chat", "apps", "operations", "postgres", "redis"]),
    });
    const parsed = path.reduce<any>((here, key) => here?.[key], settings[layer as keyof typeof settings]);
    assert.ok(parsed instanceof Secret, `${layer}.${path.join(".")} was taken in clear`);
    return "taken";
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems;
  }
}

for (const kind of everythingKinds) {
  test(`no setting of a stack that sets everything (${kind}) is taken as a secret and then readable`, () => {
    const prefix = `${project}:`;
    const { config } = everythingStack(kind);
    const layers = Object.fromEntries(
      Object.entries(config as Layers).flatMap(([key, value]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
      ),
    );
    const taken: string[] = [];
    for (const [layer, value] of Object.entries(layers)) {
      for (const path of leaves(value)) {
        const said = refusal(layers, layer, path);
        if (said === "taken") {
          taken.push([layer, ...path].join("."));
          continue;
        }
        const name = `${layer}.${path.join(".")}`;
        const about = said.filter((one) => /is stored with --secret/.test(one));
        assert.equal(about.length, 1, `${name}: ${said.join("\n")}`);
        if (path.at(-2) === "env") assert.match(about[0]!, /Use secretEnv: pulumi config set --secret --path/);
      }
    }
    const meant = Object.entries(layers).flatMap(([layer, value]) =>
      leaves(value)
        .filter(isSecret)
        .map((path) => [layer, ...path].join(".")),
    );
    assert.deepEqual(taken, meant);
  });
}

test("what is wrong with a secret is told without it, whatever it is instead of text", () => {
  const { config } = everythingStack("existing");
  const layers = config as Layers;
  const places = Object.entries(layers).flatMap(([key, value]) => {
    const [of, layer = ""] = key.split(":");
    return of === project
      ? leaves(value)
          .filter(isSecret)
          .map((path) => [layer, path] as const)
      : [];
  });
  const firstLogin = ["apps", ["shop", "firstLogin", "password"]] as const;
  const certificate = ["edge", ["certificate", "key"]] as const;
  const all = [
    ...places,
    certificate,
    ["panel", ["env", "API_KEY"]] as const,
    ["chat", ["env", "A-TOKEN"]] as const,
    firstLogin,
  ];
  assert.ok(places.some(([layer]) => layer === "operations") && places.some(([, path]) => path.at(-2) === "secretEnv"));
  for (const [layer, path] of all) {
    for (const wrong of [918273645, [918273645], { a: 918273645 }]) {
      const raw = Object.fromEntries(
        Object.entries(structuredClone(layers)).map(([key, value]) => [key.split(":")[1]!, value]),
      );
      const written = raw[layer] as any;
      if (layer === "edge") written.certificate = { kind: "provided", certificate: "x", key: "x" };
      if (path[0] === "env") written.env = {};
      put(written, path, wrong);
      const stored = Object.fromEntries(Object.entries(raw).map(([key, value]) => [`${project}:${key}`, value]));
      const name = keyName([layer, ...path]);
      assert.throws(
        () => parseSettings(raw, { ...here, stored: { config: stored }, secretLayers: new Set() }),
        (error: SettingsError) => {
          const about = error.problems.filter((one) => one.startsWith(name));
          assert.ok(about.length > 0, `${name}: ${error.problems.join("\n")}`);
          assert.ok(!error.message.includes("918273645"), error.message);
          return true;
        },
      );
    }
  }
});

test("the layer's own words for it: where it belongs, and how it gets there", () => {
  const told = problems(
    (raw) => {
      raw.panel.env = { X: "hunter2" };
    },
    {
      secretLayers: new Set(["panel"]),
      stored: { config: { "switchboard:panel": { env: { X: { secure: "v1:abc" } } } } },
    },
  );
  assert.deepEqual(told, [
    "panel.env.X: is stored with --secret, but everyone who may read the pods can read env. Use secretEnv: pulumi config set --secret --path panel.secretEnv.X, then pulumi config rm --path panel.env.X",
  ]);
});

test("variables of a layer that is encrypted as a whole, or that came from elsewhere, are kept as secrets", () => {
  const change = (raw: any) => {
    raw.panel.env = { X: "hunter2" };
  };
  for (const panel of [{ secure: "v1:abc" }, { replicas: 2 }]) {
    const given = { secretLayers: new Set(["panel"]), stored: { config: { "switchboard:panel": panel } } };
    const { env, secretEnv } = parse(change, given).panel;
    assert.deepEqual(env, {});
    assert.equal(secretEnv.X?.reveal(), "hunter2");
  }
  assert.deepEqual(parse(change).panel.env, { X: "hunter2" });
});
