import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layerSchemas } from "../../../components/settings/layers";
import { parseSettings, SettingsError } from "../../../components/settings/parse";
import { cloudSettings } from "./clouds";
import { fitting } from "./fitting";
import { context, leastSettings, problems, type Raw } from "./stack";

const layers = Object.keys({ ...leastSettings(), workers: {}, operations: {} });

/** The error of any settings; everything but a SettingsError is a defect and fails the test. */
function outcome(raw: Record<string, unknown>): SettingsError | undefined {
  try {
    parseSettings(raw, context);
    return undefined;
  } catch (error) {
    assert(error instanceof SettingsError, `not a SettingsError: ${(error as Error).stack}`);
    for (const problem of error.problems) assert.match(problem, /: ./s);
    return error;
  }
}

/** Every path in an object, maps and leaves. */
function paths(value: unknown, prefix: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [prefix];
  const below = Object.entries(value).flatMap(([key, entry]) => paths(entry, [...prefix, key]));
  return prefix.length > 0 ? [prefix, ...below] : below;
}

function put(raw: Raw, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((here, key) => here[key], raw);
  parent[path.at(-1)!] = value;
}

/** All settings written out, so that every key can be changed. */
function fullSettings(): Raw {
  const raw = leastSettings();
  raw.cluster.namespace = "switchboard";
  Object.assign(raw.postgres, {
    storage: "1Gi",
    maxConnections: 100,
    parameters: { work_mem: "4MB" },
    passwordGeneration: 1,
  });
  Object.assign(raw.redis, { maxMemory: "48Mi", resources: { cpu: "50m", memory: "72Mi" } });
  Object.assign(raw.panel, {
    replicas: 2,
    env: { FEED: "on" },
    shutdownSeconds: 20,
    connections: 5,
    schedules: { cleanup: { cron: "17 3 * * *", timeZone: "Etc/UTC", command: ["node", "x"] } },
  });
  raw.workers = { replicas: 1, concurrency: 5, jobTimeoutSeconds: 60 };
  Object.assign(raw.chat, { replicas: 2, schedulers: 2, drainSeconds: 30, env: {} });
  Object.assign(raw.edge, {
    service: { type: "NodePort", httpsNodePort: 30443, httpNodePort: 30080 },
    limits: { login: "5r/m", loginBurst: 10, bodySize: "10m" },
    clientAddress: { from: "xForwardedFor", trustedProxies: ["10.0.0.0/8"] },
    hsts: { maxAgeSeconds: 0, preload: false },
  });
  raw.operations = { stage: "dev", logLevel: "info", protect: false };
  return raw;
}

test("the settings that are changed below are right before", () => {
  assert.equal(outcome(fullSettings()), undefined);
});

test("no object at all makes the parser throw anything but a SettingsError", () => {
  const anything = fc.dictionary(
    fc.oneof(fc.constantFrom(...layers), fc.string()),
    fc.anything({ withNullPrototype: true }),
  );
  fc.assert(
    fc.property(anything, (raw) => void outcome(raw)),
    { numRuns: 60 },
  );
});

test("settings with anything at any place end in a SettingsError or are right", () => {
  const change = fc.tuple(fc.constantFrom(...paths(fullSettings())), fc.jsonValue());
  fc.assert(
    fc.property(change, ([path, value]) => {
      const raw = fullSettings();
      put(raw, path, value);
      outcome(raw);
    }),
    { numRuns: 80 },
  );
});

test("a value that fits nowhere is reported under the key that holds it, alone", () => {
  const wrong = fc.constantFrom<unknown>(null, { nothing: { of: "this" } }, [[]], Number.NaN, -0.5);
  const keys = paths(fullSettings()).filter((path) => !/^(\d+|[A-Z]+|work_mem|cleanup)$/.test(path.at(-1)!));
  fc.assert(
    fc.property(fc.constantFrom(...keys), wrong, (path, value) => {
      const told = problems((raw) => {
        Object.assign(raw, fullSettings());
        put(raw, path, value);
      });
      assert.notDeepEqual(told, []);
      for (const problem of told)
        assert(problem.startsWith(path.join(".")), `${path.join(".")} = ${JSON.stringify(value)}: ${problem}`);
    }),
    { numRuns: 60 },
  );
});

test("a mistyped key is named, with the key that was meant", () => {
  const keys = paths(fullSettings()).filter(
    (path) =>
      path.length > 1 && path.at(-1)!.length > 4 && !path.some((key) => /^(\d+|[A-Z]+|work_mem|cleanup)$/.test(key)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.nat(), (path, at) => {
      const key = path.at(-1)!;
      const index = at % key.length;
      const typo = key.slice(0, index) + key.slice(index + 1);
      fc.pre(!typo.startsWith("http") || !key.startsWith("https")); // httpsNodePort without its s is a key too
      const raw = fullSettings();
      const parent = path.slice(0, -1).reduce((here, part) => here[part], raw);
      parent[typo] = parent[key];
      delete parent[key];
      const told = outcome(raw)?.problems ?? [];
      const name = [...path.slice(0, -1), typo].join(".");
      assert(
        told.some((problem) => problem.startsWith(`${name}: unknown key; did you mean `)),
        told.join("\n"),
      );
    }),
    { numRuns: 80 },
  );
});

const schemas = layerSchemas(context);

test("settings of the right shape, of every kind, with any values, end in a SettingsError or are right", () => {
  const anyLayer = fc.record(Object.fromEntries(layers.map((layer) => [layer, fitting(schemas[layer as never])])));
  let right = 0;
  fc.assert(
    fc.property(anyLayer, (raw) => {
      if (!outcome(raw)) right += 1;
    }),
    { numRuns: 100 },
  );
  assert.ok(right < 300, "most values are wrong");
});

test("a layer of one kind with settings of the right shape beside layers that are right ends likewise", () => {
  const change = fc
    .constantFrom("gke" as const, "eks" as const)
    .chain((cloud) =>
      fc
        .constantFrom("cluster", "postgres", "redis", "edge", "operations")
        .chain((layer) => fc.tuple(fc.constant(cloud), fc.constant(layer), fitting(schemas[layer as never]))),
    );
  fc.assert(
    fc.property(change, ([cloud, layer, value]) => void outcome({ ...cloudSettings(cloud), [layer]: value })),
    { numRuns: 100 },
  );
});

test("anything at any place of a stack on a cloud ends in a SettingsError or is right", () => {
  const change = fc
    .constantFrom("gke" as const, "eks" as const)
    .chain((cloud) => fc.tuple(fc.constant(cloud), fc.constantFrom(...paths(cloudSettings(cloud))), fc.jsonValue()));
  fc.assert(
    fc.property(change, ([cloud, path, value]) => {
      const raw = cloudSettings(cloud);
      put(raw, path, value);
      outcome(raw);
    }),
    { numRuns: 100 },
  );
});

test("a mistyped key of a cloud's layers is named, with the key that was meant", () => {
  const typos: [cloud: "gke" | "eks", path: string[], typo: string][] = (["gke", "eks"] as const).flatMap((cloud) =>
    paths(cloudSettings(cloud))
      .filter(([layer]) => ["cluster", "postgres", "redis"].includes(layer!))
      // Names of pools are the user's own, and a number is a place in a list.
      .filter(
        (path) => path.length > 1 && path.at(-1)!.length > 4 && path.at(-2) !== "pools" && !/^\d+$/.test(path.at(-1)!),
      )
      .map((path): ["gke" | "eks", string[], string] => {
        const key = path.at(-1)!;
        return [cloud, path, `${key.slice(0, 2)}${key[3]}${key[2]}${key.slice(4)}`];
      })
      .filter(([, path, typo]) => typo !== path.at(-1)),
  );
  assert.ok(typos.length > 10);
  for (const [cloud, path, typo] of typos) {
    const raw = cloudSettings(cloud);
    const parent = path.slice(0, -1).reduce((here, key) => here[key], raw);
    parent[typo] = parent[path.at(-1)!];
    delete parent[path.at(-1)!];
    const told = outcome(raw)?.problems ?? [];
    const expected = `${[...path.slice(0, -1), typo].join(".")}: unknown key; did you mean ${path.at(-1)}?`;
    assert.ok(told.includes(expected), `${expected}\n${told.join("\n")}`);
  }
});

test("a mistyped kind is named, with the kind that was meant", () => {
  const kinds = { cluster: ["gke", "eks"], postgres: ["cloudSql", "rds"], redis: ["memorystore", "elastiCache"] };
  const typo = (kind: string) => (kind.length < 4 ? `${kind}e` : kind.replace(/.(?=.$)/, ""));
  for (const [layer, names] of Object.entries(kinds)) {
    for (const kind of names) {
      const told = problems((raw) => (raw[layer] = { kind: typo(kind) }));
      assert.ok(
        told.some(
          (text) =>
            text.startsWith(`${layer}.kind: "${typo(kind)}" is not supported`) &&
            text.endsWith(`(did you mean ${kind}?)`),
        ),
        told.join("\n"),
      );
    }
  }
});
