import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse, stringify } from "yaml";
import { offlineStackPreview } from "../../../cli/ci/previews";
import { keyLines, reviewNumber, reviewStackFile, reviewStackName, sweepOf } from "../../../cli/ci/reviewStack";
import { readTarget, targetOf } from "../../../engine/stack/target";
import { repository } from "../../support/plan";
import { layerKey } from "../../support/project";

const template = readFileSync(join(repository, ".ci/review.yaml"), "utf8");
const settings = { number: 7, domain: "review.acme.example", registry: "eu.pkg.dev/acme/review" };

test("each pull request has a namespace, hosts and images of its own; nothing else differs from the template", () => {
  const before = parse(template).config;
  const after = parse(reviewStackFile(template, settings)).config;
  assert.equal(after[layerKey("cluster")].namespace, "switchboard-pr-7");
  assert.equal(after[layerKey("edge")].panel.host, "panel-pr-7.review.acme.example");
  assert.equal(after[layerKey("edge")].chat.host, "chat-pr-7.review.acme.example");
  assert.equal(after[layerKey("panel")].image.repository, "eu.pkg.dev/acme/review/switchboard/panel");
  before[layerKey("cluster")].namespace = "switchboard-pr-7";
  for (const app of ["panel", "chat"]) {
    before[layerKey("edge")][app].host = `${app}-pr-7.review.acme.example`;
    before[layerKey(app)].image.repository = `eu.pkg.dev/acme/review/switchboard/${app}`;
  }
  assert.deepEqual(after, before);
});

test("hosts and images of declared apps are its own too, in every place that names them", () => {
  const of = (config: object) =>
    parse(
      reviewStackFile(
        stringify({
          config: {
            [layerKey("cluster")]: { namespace: "review" },
            [layerKey("operations")]: { protect: false },
            ...config,
          },
        }),
        settings,
      ),
    ).config;
  const image = { repository: "REGISTRY/shop", source: "." };
  const sidecars = { proxy: { image: { repository: "REGISTRY/proxy", source: "proxy" } } };
  const shop = {
    image,
    processes: {
      web: { route: [{ host: "shop.localhost" }, { host: "shop.localhost", path: "/admin" }, { host: "shop.other" }] },
      api: { route: { host: "api.localhost" }, sidecars },
      worker: {},
    },
  };
  const apps = of({ [layerKey("apps")]: { shop, desk: { image: "registry.example/desk:1" } } })[layerKey("apps")];
  const { web, api } = apps.shop.processes;
  assert.deepEqual(
    web.route.map(({ host }: { host: string }) => host),
    ["shop-pr-7.review.acme.example", "shop-pr-7.review.acme.example", "shop-2-pr-7.review.acme.example"],
  );
  assert.equal(api.route.host, "api-pr-7.review.acme.example");
  assert.equal(apps.shop.image.repository, "eu.pkg.dev/acme/review/shop");
  assert.equal(api.sidecars.proxy.image.repository, "eu.pkg.dev/acme/review/proxy");
  assert.equal(apps.desk.image, "registry.example/desk:1");
  // The chat may be below the panel's host, and stays there.
  const host = "panel.localhost";
  const edge = of({ [layerKey("edge")]: { panel: { host }, chat: { host, path: "/live" } } })[layerKey("edge")];
  assert.equal(edge.chat.host, edge.panel.host);
  assert.throws(() => of({}), /names no public host/);
});

test("it has the same keys as the other stacks, so the settings' own checks hold for it", () => {
  const dev = parse(readFileSync(readTarget("dev").stackFile, "utf8")).config;
  assert.deepEqual(Object.keys(parse(template).config), Object.keys(dev));
  assert.equal(targetOf(template, ".ci/review.yaml").local, false);
});

test("the program makes something of it: every setting is one, and nothing is protected", async () => {
  const folder = mkdtempSync(join(tmpdir(), "switchboard-review-"));
  try {
    const stackFile = join(folder, "Pulumi.pr-7.yaml");
    const text = reviewStackFile(template, settings);
    writeFileSync(stackFile, text);
    const { preview } = await offlineStackPreview({ stack: "pr-7", stackFile, ...targetOf(text, stackFile) });
    assert.deepEqual(
      preview.diagnostics.filter(({ severity }) => severity === "error"),
      [],
    );
    assert.ok(preview.succeeded && preview.counts.create > 80, String(preview.counts.create));
    assert.ok(preview.after.every(({ protect }) => !protect));
    const [namespace] = preview.after.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    assert.equal((namespace!.inputs as any).metadata.name, "switchboard-pr-7");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("only pr-<number> is ever taken for a review stack", () => {
  assert.equal(reviewStackName(7), "pr-7");
  assert.equal(reviewNumber("pr-7"), 7);
  assert.equal(reviewNumber("acme/switchboard/pr-12"), 12);
  for (const stack of ["prod", "prod-7", "pr-", "pr-07", "pr-7-old", "xpr-7", "pr-7/x", ""]) {
    assert.equal(reviewNumber(stack), undefined, stack);
  }
  for (const number of [0, -1, 1.5, Number.NaN]) assert.throws(() => reviewStackName(number), /is no number/);
});

test("what cannot be a domain, a registry or a template is refused with its name", () => {
  assert.throws(() => reviewStackFile(template, { ...settings, domain: "" }), /REVIEW_DOMAIN: "" is no domain/);
  assert.throws(() => reviewStackFile(template, { ...settings, domain: "a.b\nkey: x" }), /is no domain/);
  assert.throws(() => reviewStackFile(template, { ...settings, registry: "a b" }), /REGISTRY: "a b"/);
  assert.throws(
    () => reviewStackFile("config: {}", settings),
    new RegExp(`${layerKey("cluster")}.namespace is not there`),
  );
  const guarded = template.replace("protect: false", "protect: true");
  assert.throws(() => reviewStackFile(guarded, settings), /operations.protect must be false/);
});

test("how secrets are encrypted is taken from the state, never the secrets", () => {
  const state = (type: string, state: object) => ({
    deployment: { secrets_providers: { type, state }, resources: [] },
  });
  assert.equal(keyLines(state("passphrase", { salt: "v1:a:b" })), 'encryptionsalt: "v1:a:b"\n');
  assert.equal(
    keyLines(state("cloud", { url: "awskms://alias/x", encryptedkey: "AQ==" })),
    'secretsprovider: "awskms://alias/x"\nencryptedkey: "AQ=="\n',
  );
  assert.equal(keyLines({}), "");
});

test("the sweep takes what nobody wants and what is old, and nothing else", () => {
  const now = new Date("2026-11-21T00:00:00Z");
  const days = (count: number) => new Date(now.getTime() - count * 86_400_000);
  const stacks = [
    { stack: "pr-1", number: 1, updated: days(1) },
    { stack: "pr-2", number: 2, updated: days(8) },
    { stack: "pr-3", number: 3, updated: days(1) },
    { stack: "pr-4", number: 4 },
  ];
  const swept = sweepOf(stacks, (number) => number !== 3, now, 7).map(({ stack, why }) => `${stack}: ${why}`);
  assert.deepEqual(swept, [
    "pr-2: not brought up for 8 days",
    "pr-3: pull request #3 is closed or has no label review",
  ]);
});
