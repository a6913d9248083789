import assert from "node:assert/strict";
import { test } from "node:test";
import { createClaims } from "../../../../components/apps/declared/volumeResources";
import { record } from "../../../../engine/record/recorder";
import type { Plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { parse, problems } from "../../settings/stack";
import { called, planOfShop, podOf, problemsOfShop, shop } from "./shop";

const claimType = "kubernetes:core/v1:PersistentVolumeClaim";
const withDisk = (storage: string) => (app: any) => {
  app.volumes = { uploads: { storage, persistent: true, storageClass: "fast" } };
  app.release = { command: ["shop", "migrate"] };
  Object.assign(app.processes.web, { strategy: "recreate", mounts: { "/srv/uploads": "uploads" } });
};

test("a scratch volume is each pod's own, of its size, and its containers may fill it", async () => {
  const update = await planOfShop((app) => {
    app.volumes = { cache: { storage: "96Mi" } };
    app.processes.web.mounts = { "/var/cache/shop": "cache" };
  });
  const { volumes, containers } = podOf(update, "web");
  assert.deepEqual(called(volumes, "volume-cache"), { name: "volume-cache", emptyDir: { sizeLimit: "96Mi" } });
  const [web] = containers;
  assert.deepEqual(called(web.volumeMounts, "volume-cache"), { name: "volume-cache", mountPath: "/var/cache/shop" });
  // Logs, `/tmp` and the volume: the kubelet ends a pod whose volumes hold more than its containers may.
  assert.equal(web.resources.limits["ephemeral-storage"], `${128 + 64 + 96}Mi`);
  const worker = podOf(update, "worker");
  assert.equal(called(worker.volumes, "volume-cache"), undefined);
  assert.equal(worker.containers[0].resources.limits["ephemeral-storage"], `${128 + 64}Mi`);
  assert.deepEqual(update.of(claimType), []);
});

test("the quota of the namespace has room for scratch volumes", async () => {
  const storage = (from: Plan) => {
    const { hard } = from.of("kubernetes:core/v1:ResourceQuota")[0]!.inputs.spec;
    return Number.parseInt(hard["limits.ephemeral-storage"], 10);
  };
  const mounted = (size: string) =>
    planOfShop((app) => {
      app.volumes = { cache: { storage: size } };
      app.processes.web.mounts = { "/var/cache/shop": "cache" };
    });
  // Three generations of one pod and one above, and half of it spare: in mebibytes.
  assert.equal(storage(await mounted("200Mi")) - storage(await mounted("100Mi")), 100 * 4 * 1.5);
});

test("a persistent volume is a claim that every pod waits for, and that jobs do not mount", async () => {
  const update = await planOfShop(withDisk("3Gi"));
  const claim = update.named(claimType, "shop-uploads-claim");
  assert.deepEqual(claim.inputs.spec, {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "3Gi" } },
  });
  // A disk is made when the first pod comes, which waits for the claim: nobody may wait for the disk before.
  assert.equal(claim.inputs.metadata.annotations["pulumi.com/skipAwait"], "true");
  assert.deepEqual(claim.hooks, ["shop-uploads-claim-size"]);
  const web = update.named("kubernetes:apps/v1:Deployment", "shop-web-deployment");
  assert.ok(web.dependencies.includes(claim.urn));
  const { volumes, containers } = podOf(update, "web");
  assert.deepEqual(called(volumes, "volume-uploads").persistentVolumeClaim, {
    claimName: claim.inputs.metadata.name,
  });
  assert.equal(called(containers[0].volumeMounts, "volume-uploads").mountPath, "/srv/uploads");
  assert.equal(called(podOf(update, "worker").volumes, "volume-uploads"), undefined);
  assert.doesNotMatch(JSON.stringify(update.of("kubernetes:batch/v1:Job").map(({ inputs }) => inputs)), /uploads/);
});

test("only the claim changes when it is to be larger, so that no pod is started anew", async () => {
  const [small, large] = [await planOfShop(withDisk("3Gi")), await planOfShop(withDisk("4Gi"))];
  const before = new Map(small.registrations.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
  const changed = large.registrations.filter(({ urn, inputs }) => before.get(urn) !== JSON.stringify(inputs));
  assert.deepEqual(
    changed.map(({ name }) => name),
    ["shop-uploads-claim"],
  );
});

test("a stack that protects its data protects the claim, until it is named as one that may go", async () => {
  const asked: string[] = [];
  const guarded: [string, string][] = [];
  const claimsOf = async (isProtected: boolean) => {
    const place = {
      namespace: "here",
      traits: { storageClass: "of-the-cloud" },
      protection: {
        covers: (name: string) => {
          asked.push(name);
          return isProtected;
        },
      },
      claims: {
        guard: (name: string, layer: string) => {
          guarded.push([name, layer]);
          return {};
        },
      },
    };
    const volumes = { uploads: { storage: "3Gi", persistent: true }, cache: { storage: "1Gi", persistent: false } };
    const made = await record(
      async () => {
        createClaims("shop", { place: place as never, volumes }, {});
        return {};
      },
      { project: "switchboard", stack: "dev", config: {}, preview: false },
    );
    return made.of(claimType);
  };
  for (const isProtected of [true, false]) {
    const [claim, ...others] = await claimsOf(isProtected);
    assert.deepEqual(others, []);
    assert.equal(claim!.protect, isProtected);
    assert.equal(claim!.inputs.spec.storageClassName, "of-the-cloud");
  }
  assert.deepEqual(new Set(asked), new Set(["shop-uploads-claim"]));
  assert.deepEqual(guarded[0], ["shop-uploads-claim", "apps.shop.volumes.uploads"]);
});

test("a name in operations.unprotected is known", async () => {
  const { smallConfig } = await import("../../../support/config");
  const { plan } = await import("../../../support/plan");
  const app: any = shop();
  withDisk("3Gi")(app);
  const config = smallConfig({ operations: { stage: "test", unprotected: ["shop-uploads-claim"] } });
  await plan({ ...config, [layerKey("apps")]: { shop: app } });
});

test("what cannot be is told with what to do", () => {
  const once = "the volume uploads is ReadWriteOnce";
  const otherwise = "or accessMode: ReadWriteMany with a storage class that has it";
  const cases: [change: (app: any) => void, told: string][] = [
    [
      (app) => (app.processes.web.mounts = { "/srv/uploads": "upload" }),
      'apps.shop.processes.web.mounts["/srv/uploads"]: "upload" is not one of volumes; did you mean uploads?',
    ],
    [
      (app) => (app.processes.web.mounts = { "srv/uploads": "uploads" }),
      'apps.shop.processes.web.mounts["srv/uploads"]: "srv/uploads" does not start with "/"; write an absolute path, e.g. "/srv/uploads"',
    ],
    [
      (app) => (app.processes.web.mounts = { "/tmp": "uploads" }),
      'apps.shop.processes.web.mounts["/tmp"]: "/tmp" is writable in every container; its size is `resources.tmpSize`',
    ],
    [
      (app) => (app.files = { "/srv": { text: "a" } }),
      'apps.shop.processes.web.mounts["/srv/uploads"]: meets the file "/srv" of files; use another path',
    ],
    [
      (app) => (app.processes.web.replicas = 2),
      `apps.shop.processes.web.replicas: 2 pods cannot share a disk: ${once}; use 1 with strategy: recreate, ${otherwise}`,
    ],
    [
      (app) => (app.processes.web.strategy = "rolling"),
      `apps.shop.processes.web.strategy: "rolling" starts a pod while another one has the disk: ${once}; use recreate, ${otherwise}`,
    ],
    [
      (app) => (app.processes.worker.mounts = { "/srv/uploads": "uploads" }),
      `apps.shop.volumes.uploads: is ReadWriteOnce, and web and worker mount it; let one mount it, ${otherwise}`,
    ],
    [
      (app) => (app.volumes.uploads = { storage: "3Gi", persistent: true, accessMode: "ReadWriteMany" }),
      "apps.shop.volumes.uploads.accessMode: ReadWriteMany needs disks that several nodes can mount, which a cluster's default class seldom makes; give storageClass, e.g. one of NFS, Filestore or EFS",
    ],
    [
      (app) => (app.volumes.uploads.accessMode = "ReadOnlyMany"),
      'apps.shop.volumes.uploads.accessMode: "ReadOnlyMany" is not supported; use one of ReadWriteOnce, ReadWriteMany',
    ],
    [
      (app) => (app.volumes.uploads.persistent = false),
      "apps.shop.volumes.uploads.storageClass: is of persistent volumes, and this one is each pod's own; set persistent: true, or remove it",
    ],
    [
      (app) => (app.volumes.cache = { storage: "1Gi" }),
      "apps.shop.volumes.cache: is mounted by no process; add it to mounts, or remove it",
    ],
    [
      (app) => (app.volumes.uploads.storage = "3G"),
      'apps.shop.volumes.uploads.storage: "3G" has no binary unit; did you mean "3Gi"?',
    ],
    [
      (app) => (app.volumes.Uploads = { storage: "3Gi" }),
      'apps.shop.volumes.Uploads: "Uploads" is not a valid name; use lower-case letters, digits and "-", with a letter or digit at both ends',
    ],
  ];
  const told = (change: (app: any) => void) =>
    problemsOfShop((app) => {
      withDisk("3Gi")(app);
      change(app);
    });
  assert.deepEqual(
    told(() => {}),
    [],
  );
  for (const [change, sentence] of cases)
    assert.ok(told(change).includes(sentence), `${sentence}\n${told(change).join("\n")}`);
  // Many pods may have one that many nodes can mount.
  assert.deepEqual(
    told((app) => {
      app.volumes.uploads.accessMode = "ReadWriteMany";
      Object.assign(app.processes.web, { replicas: 3, strategy: "rolling" });
      app.processes.worker.mounts = { "/srv/uploads": "uploads" };
    }),
    [],
  );
});

test("production is told that such a process has one pod and its volume no backup, and is not refused", () => {
  const production = (change: (app: any) => void) => (raw: any) => {
    raw.operations = { protect: true };
    const app: any = shop();
    change(app);
    raw.apps = { shop: app };
  };
  const aboutWeb = (found: readonly string[]) =>
    found.filter((one) => /apps\.shop\.(processes\.web|volumes)/.test(one));
  // Without a disk one pod is refused: this is what the disk is an exception of.
  assert.match(
    aboutWeb(problems(production(() => {}))).join(),
    /^apps\.shop\.processes\.web\.replicas: 1 means an outage/,
  );
  assert.deepEqual(aboutWeb(problems(production(withDisk("3Gi")))), []);
  const digest = `@sha256:${"a".repeat(64)}`;
  const { warnings } = parse((raw) => {
    production(withDisk("3Gi"))(raw);
    for (const layer of ["postgres", "redis", "chat", "edge"])
      raw[layer].image = `registry.example/${layer}:1${digest}`;
    raw.apps.shop.image = `registry.example/shop:1${digest}`;
    for (const layer of ["panel", "chat", "edge"]) raw[layer].replicas = 2;
    raw.edge.certificate = { kind: "acme", email: "ops@acme.dev", certManager: "present" };
    Object.assign(raw.edge, { panel: { host: "panel.acme.dev" }, chat: { host: "chat.acme.dev" } });
  });
  assert.deepEqual(aboutWeb(warnings), [
    "apps.shop.volumes.uploads: has no backup; back it up by your own means",
    "apps.shop.processes.web.replicas: 1 means an outage whenever its pod is moved, and apps.shop.volumes.uploads allows no second one; use accessMode ReadWriteMany, or keep the data elsewhere",
  ]);
});
