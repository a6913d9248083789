import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { schemasOf } from "../../../components/clouds";
import { certificateKinds } from "../../../components/ingress/settings";
import { pulumiConfig, settingRows, settingsReference, withConfig } from "../../../components/settings/describe";
import { layerMeanings } from "../../../components/settings/layers";
import { externalPostgres, externalRedis } from "../../support/externalStores";
import { repository } from "../../support/plan";
import { sample as acme } from "../../support/samples/acme";
import { sample as cloudNativePg } from "../../support/samples/cloudNativePg";
import { sample as cloudSql } from "../../support/samples/cloudSql";
import { sample as eks } from "../../support/samples/eks";
import { sample as elastiCache } from "../../support/samples/elastiCache";
import { sample as gke } from "../../support/samples/gke";
import { sample as memorystore } from "../../support/samples/memorystore";
import { sample as rds } from "../../support/samples/rds";
import { leastSettings, parse, problems } from "./stack";

const pulumiYaml = readFileSync(join(repository, "Pulumi.yaml"), "utf8");
const reference = readFileSync(join(repository, "docs/settings.md"), "utf8");
const rows = settingRows();

test("Pulumi.yaml and docs/settings.md say what the parser does (npm run settings brings them up to date)", () => {
  assert.equal(pulumiYaml, withConfig(pulumiYaml, pulumiConfig()));
  assert.equal(reference, settingsReference());
});

test("Pulumi.yaml declares every layer, with every key in its description", () => {
  const { config } = parseYaml(pulumiYaml) as {
    config: Record<string, { type: string; default: object; description: string }>;
  };
  assert.deepEqual(Object.keys(config), Object.keys(layerMeanings));
  for (const [layer, { type, default: empty, description }] of Object.entries(config)) {
    assert.deepEqual([type, empty], ["object", {}], layer);
    const described = description
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(" (")[0]);
    assert.deepEqual(
      described,
      rows[layer as keyof typeof rows].map(({ key }) => key),
    );
  }
});

test("every setting has a meaning, a type, and a default or the word that it is required", () => {
  for (const [layer, list] of Object.entries(rows)) {
    assert(list.length > 3, layer);
    for (const row of list) {
      for (const [column, text] of Object.entries(row))
        assert(text.length > 0, `${layer}.${row.key}: ${column} is ${JSON.stringify(text)}`);
    }
  }
});

/** The keys of a setting as the parser gives it, where they are written alike. */
function valueAt(value: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>((here, part) => (here as Record<string, unknown> | undefined)?.[part], value);
}

/** Settings with each kind of each layer in one of them. */
const byKind = [
  parse(),
  ...[
    { cluster: gke(), postgres: cloudSql(), redis: memorystore() },
    { cluster: eks(), postgres: rds(), redis: elastiCache() },
  ].map((layers) =>
    parse((raw) => {
      Object.assign(raw, layers);
      raw.edge = { ...raw.edge, panel: { host: "panel.acme.dev" }, chat: { host: "chat.acme.dev" } };
      raw.edge.certificate = { ...acme(), directory: undefined };
    }),
  ),
  parse((raw) => Object.assign(raw, { postgres: cloudNativePg() })),
  parse((raw) => Object.assign(raw, { postgres: externalPostgres(), redis: externalRedis() }), {
    secretLayers: new Set(["postgres", "redis"]),
    now: new Date(),
  }),
] as unknown as Record<string, any>[];

/** The settings that a row of a layer is about. */
function settingsOf(layer: string, kind: string | undefined): Record<string, unknown> | undefined {
  const found = byKind.find((settings) =>
    [undefined, settings[layer].kind, settings[layer].certificate?.kind].includes(kind),
  );
  return found?.[layer];
}

test("the defaults that are described are the ones that the parser gives", () => {
  let compared = 0;
  for (const [layer, list] of Object.entries(rows)) {
    for (const { key, kind, default: given } of list) {
      if (!/^(["{[]|\d+$|true$|false$)/.test(given) || key.includes("<")) continue;
      const amount = key.match(/^resources\.(cpu|memory)$/)?.[1];
      const parent = key.slice(0, Math.max(0, key.lastIndexOf(".")));
      // What belongs to something that a stack may leave out has its default where that is said.
      if (parent && !amount && valueAt(settingsOf(layer, kind), parent) === undefined) continue;
      const found = valueAt(settingsOf(layer, kind), amount ? `resources.requests.${amount}` : key) as any;
      // An image, an address and a network are parsed into more than their text.
      const networks = Array.isArray(found) ? found.map((entry) => entry?.cidr ?? entry) : undefined;
      const actual = networks ?? found?.reference ?? (key.endsWith(".directory") ? found?.authority : found);
      const wanted = JSON.parse(given);
      if (key === "schedules") Object.assign(wanted.cleanup, { timeZone: "Etc/UTC", egress: [] });
      assert.deepEqual(actual, wanted, `${layer}.${key}`);
      compared += 1;
    }
  }
  assert(compared > 100, String(compared));
});

test("what is described as required is what the parser misses, and nothing else", () => {
  for (const [layer, list] of Object.entries(rows)) {
    for (const { key, default: given } of list) {
      if (valueAt(leastSettings()[layer], key) === undefined) continue;
      const told = problems((raw) => {
        const parts = key.split(".");
        delete ((valueAt(raw[layer], parts.slice(0, -1).join(".")) as Record<string, unknown>) ?? raw[layer])[
          parts.at(-1)!
        ];
      });
      assert.equal(
        told.length > 0,
        given === "required",
        `${layer}.${key} is described as ${given}; the parser says ${told}`,
      );
    }
  }
});

test("every entry of a registry of kinds is chosen by its own name", () => {
  const registries = [
    [schemasOf("cluster"), rows.cluster],
    [schemasOf("postgres"), rows.postgres],
    [schemasOf("redis"), rows.redis],
    [certificateKinds, rows.edge],
  ] as const;
  for (const [registry, list] of registries) {
    const kind = list.find(({ key }) => key === "kind" || key === "certificate.kind");
    assert.equal(kind?.type, Object.keys(registry).join(" \\| "));
  }
});
