import assert from "node:assert/strict";
import { test } from "node:test";
import { called, jobOf, planOfShop, podOf, problemsOfShop } from "./shop";

const kept = (app: any) => {
  app.release = { command: ["shop", "migrate"] };
  app.env = { MAIL_URL: "smtp://shop:$(MAIL_TOKEN)@mail" };
  app.secretFrom = { MAIL_TOKEN: { secret: "mail-login", key: "token" } };
  app.externalSecrets = {
    SEARCH_TOKEN: { store: { kind: "ClusterSecretStore", name: "vault" }, key: "shop/search", property: "token" },
    PAY_TOKEN: { store: { name: "team" }, key: "pay", version: "3" },
  };
};

test("a variable refers to a Secret that somebody else keeps, and one of the operator's to what it will make", async () => {
  const update = await planOfShop(kept);
  const own = update.named("kubernetes:external-secrets.io/v1:ExternalSecret", "shop-external").inputs;
  assert.deepEqual(own.spec, {
    target: { name: "shop-external", creationPolicy: "Owner" },
    data: [
      {
        secretKey: "SEARCH_TOKEN",
        sourceRef: { storeRef: { kind: "ClusterSecretStore", name: "vault" } },
        remoteRef: { key: "shop/search", property: "token" },
      },
      {
        secretKey: "PAY_TOKEN",
        sourceRef: { storeRef: { kind: "SecretStore", name: "team" } },
        remoteRef: { key: "pay", version: "3" },
      },
    ],
  });
  const job = jobOf(update, "release").inputs.spec.template.spec;
  for (const { containers } of [podOf(update, "web"), podOf(update, "worker"), job]) {
    const { env } = containers[0];
    assert.deepEqual(called(env, "MAIL_TOKEN").valueFrom, { secretKeyRef: { name: "mail-login", key: "token" } });
    for (const name of ["SEARCH_TOKEN", "PAY_TOKEN"])
      assert.deepEqual(called(env, name).valueFrom, { secretKeyRef: { name: "shop-external", key: name } });
    // Kubernetes knows only what stands before a reference.
    const names = env.map(({ name }: any) => name);
    assert.ok(names.indexOf("MAIL_TOKEN") < names.indexOf("MAIL_URL"), names.join());
  }
});

test("nothing starts before the operator was asked, and the cluster is asked for the operator first", async () => {
  const update = await planOfShop(kept);
  const own = update.named("kubernetes:external-secrets.io/v1:ExternalSecret", "shop-external");
  assert.deepEqual(own.hooks, ["shop-external-kind"]);
  for (const { name, dependencies } of [
    update.named("kubernetes:apps/v1:Deployment", "shop-web-deployment"),
    jobOf(update, "release"),
  ])
    assert.ok(dependencies.includes(own.urn), name);
  const without = await planOfShop(() => {});
  assert.deepEqual(without.of("kubernetes:external-secrets.io/v1:ExternalSecret"), []);
});

test("another reference runs the release command again, because its pod is another one", async () => {
  const one = await planOfShop(kept);
  const two = await planOfShop((app) => {
    kept(app);
    app.secretFrom.MAIL_TOKEN.key = "other";
  });
  assert.notEqual(jobOf(one, "release").name, jobOf(two, "release").name);
});

test("what is wrong with them is told with the variable and what to do", () => {
  const cases: [change: (app: any) => void, told: string][] = [
    [
      (app) => (app.secretFrom = { A: { secret: "Mail", key: "a" } }),
      'apps.shop.secretFrom.A.secret: "Mail" is not the name of an object; use lower-case letters, digits, "-" and ".", at most 253',
    ],
    [
      (app) => (app.secretFrom = { A: { secret: "mail", key: "a b" } }),
      'apps.shop.secretFrom.A.key: "a b" is not a key of a Secret; use letters, digits, "-", "_" and "."',
    ],
    [
      (app) => (app.secretFrom = { A: { secret: "mail" } }),
      "apps.shop.secretFrom.A.key: is not set; add it to Pulumi.dev.yaml (key of it that holds the value)",
    ],
    [
      (app) => (app.secretFrom = { PGPASSWORD: { secret: "mail", key: "a" } }),
      "apps.shop.secretFrom.PGPASSWORD: is set by the platform; remove it or use another name",
    ],
    [
      (app) => (app.secretFrom = { "A-B": { secret: "mail", key: "a" } }),
      'apps.shop.secretFrom.A-B: is not a variable name; use letters, digits and "_", not starting with a digit',
    ],
    [
      (app) => {
        app.env = { A: "x" };
        app.secretFrom = { A: { secret: "mail", key: "a" } };
      },
      "apps.shop.secretFrom.A: is also in env; keep one",
    ],
    [
      (app) => {
        app.secretFrom = { A: { secret: "mail", key: "a" } };
        app.externalSecrets = { A: { store: { name: "vault" }, key: "a" } };
      },
      "apps.shop.externalSecrets.A: is also in secretFrom; keep one",
    ],
    [
      (app) => (app.externalSecrets = { A: { store: { kind: "Vault", name: "vault" }, key: "a" } }),
      'apps.shop.externalSecrets.A.store.kind: "Vault" is not supported; use one of SecretStore, ClusterSecretStore',
    ],
    [
      (app) => (app.externalSecrets = { A: { store: { name: "vault" }, key: " " } }),
      'apps.shop.externalSecrets.A.key: " " is empty; give a value or remove the key',
    ],
    [
      (app) => (app.externalSecrets = { A: { key: "a" } }),
      "apps.shop.externalSecrets.A.store: is not set; add it to Pulumi.dev.yaml",
    ],
    [
      (app) => (app.externalSecrets = { APP_VERSION: { store: { name: "vault" }, key: "a" } }),
      "apps.shop.externalSecrets.APP_VERSION: is set by the platform; remove it or use another name",
    ],
  ];
  for (const [change, told] of cases) {
    const found = problemsOfShop(change);
    assert.ok(found.includes(told), `${told}\n${found.join("\n")}`);
  }
});
