import assert from "node:assert/strict";
import { test } from "node:test";
import { fileKey } from "../../../../components/apps/declared/files";
import { layerKey } from "../../../support/project";
import { context } from "../../settings/stack";
import { called, jobOf, planOfShop, podOf, problemsOfShop } from "./shop";

const conf = "/etc/shop/shop.yaml";
const licence = "/etc/shop/licence.key";
const secretKeys = [layerKey("apps")];
const withFiles = (files: object) => (app: any) => {
  app.files = files;
  app.release = { command: ["shop", "migrate"] };
  app.schedules = { nightly: { cron: "3 4 * * *", command: ["shop", "report"] } };
};
/** A stack's plan knows of a whole layer alone whether it holds a secret: readable files and secret ones are two plans. */
const kinds = [
  { kind: "configMap", name: "files", files: (text: string) => ({ [conf]: { text } }), secretKeys: [] },
  { kind: "secret", name: "secret-files", files: (secret: string) => ({ [licence]: { secret } }), secretKeys },
] as const;

test("a file is one key of a ConfigMap or a Secret, read-only at its path in every container of the app", async () => {
  for (const { kind, name, files, secretKeys } of kinds) {
    const update = await planOfShop(withFiles(files("a: b\n")), { secretKeys });
    const [path] = Object.keys(files("")) as [string];
    const nightly = update.named("kubernetes:batch/v1:CronJob", "shop-nightly-cron").inputs.spec.jobTemplate.spec;
    for (const pod of [podOf(update, "web"), podOf(update, "worker"), nightly.template.spec]) {
      const mount = pod.containers[0].volumeMounts.find(({ mountPath }: any) => mountPath === path);
      assert.deepEqual(mount, { name, mountPath: path, subPath: fileKey(path), readOnly: true });
      assert.equal(called(pod.volumes, name)[kind].defaultMode, 0o440);
    }
  }
  const config = (await planOfShop(withFiles({ [conf]: { text: "a: b\n" }, "/etc/shop/b": { text: "" } }))).named(
    "kubernetes:core/v1:ConfigMap",
    "shop-files-config",
  ).inputs;
  assert.deepEqual(config.data, { [fileKey(conf)]: "a: b\n", [fileKey("/etc/shop/b")]: "" });
  assert.equal(config.immutable, true);
});

test("several files are one volume", async () => {
  const update = await planOfShop(withFiles({ [conf]: { text: "a" }, [licence]: { text: "b" } }));
  const { volumes, containers } = podOf(update, "web");
  assert.equal(volumes.filter(({ name }: any) => name === "files").length, 1);
  assert.equal(containers[0].volumeMounts.filter(({ name }: any) => name === "files").length, 2);
});

test("another content rolls the pods, and runs no command again", async () => {
  for (const { kind, name, files, secretKeys } of kinds) {
    const before = await planOfShop(withFiles(files("first")), { secretKeys });
    const later = await planOfShop(withFiles(files("second")), { secretKeys });
    const versioned = (from: typeof before) =>
      from.registrations.find((one) => /^shop-(files-config|secret-files-secret)$/.test(one.name))!;
    // The immutable one is made anew under another name, which the Deployment has in its pod.
    assert.equal(versioned(before).inputs.immutable, true);
    assert.equal(versioned(before).inputs.metadata.name, undefined);
    assert.notDeepEqual(versioned(before).inputs, versioned(later).inputs);
    const source = (pod: any) => {
      const { secretName, name: configMap } = called(pod.volumes, name)[kind];
      return secretName ?? configMap;
    };
    assert.notEqual(source(podOf(later, "web")), `shop-${name}-current`);
    // A Job cannot change: it reads what keeps its name.
    const [job, jobLater] = [before, later].map((plan) => jobOf(plan, "release"));
    assert.equal(job!.name, jobLater!.name);
    assert.deepEqual(job!.inputs.spec, jobLater!.inputs.spec);
    assert.equal(source(job!.inputs.spec.template.spec), `shop-${name}-current`);
    const current = later.registrations.find((one) => one.name === `shop-${name}-current`)!.inputs;
    assert.deepEqual([current.metadata.name, current.immutable], [`shop-${name}-current`, undefined]);
  }
});

test("another file is another pod of the release command, which runs again under another name", async () => {
  const one = await planOfShop(withFiles({ [conf]: { text: "a: b" } }));
  const two = await planOfShop(withFiles({ [conf]: { text: "a: b" }, [licence]: { text: "c" } }));
  assert.notEqual(jobOf(one, "release").name, jobOf(two, "release").name);
});

test("files of the same name in two folders are two keys", () => {
  assert.notEqual(fileKey("/a/app.conf"), fileKey("/b/app.conf"));
  assert.notEqual(fileKey("/a/b_c"), fileKey("/a/b/c"));
  assert.match(fileKey("/etc/a@b+c.conf"), /^[a-f0-9]{10}-a-b-c\.conf$/);
});

test("a text of which nobody says that it is readable is kept as a secret one", async () => {
  // The layer holds a secret, and no file of the stack says which value it is.
  const update = await planOfShop(withFiles({ [conf]: { text: "a: b\n" } }), { secretKeys });
  assert.deepEqual(
    update.of("kubernetes:core/v1:ConfigMap").filter(({ name }) => name.startsWith("shop-files")),
    [],
  );
  assert.ok(update.named("kubernetes:core/v1:Secret", "shop-secret-files-secret"));
});

test("what is wrong with a file is told with its path and what to do", () => {
  const file = (path: string, content: object = { text: "a: b" }) =>
    problemsOfShop((app) => (app.files = { [path]: content }));
  const key = (path: string) => `apps.shop.files[${JSON.stringify(path)}]`;
  assert.deepEqual(file(conf), []);
  const cases: [path: string, content: object | undefined, told: string][] = [
    [
      "etc/x",
      undefined,
      `${key("etc/x")}: "etc/x" does not start with "/"; write an absolute path, e.g. "/etc/app/app.yaml"`,
    ],
    ["/", undefined, `${key("/")}: "/" is the whole container; write an absolute path, e.g. "/etc/app/app.yaml"`],
    ["/etc/x/", undefined, `${key("/etc/x/")}: "/etc/x/" ends with "/"; write "/etc/x"`],
    [
      "/etc/../x",
      undefined,
      `${key("/etc/../x")}: "/etc/../x" is not a plain path (letters, digits, ".", "_", "-", "@", "+"); write an absolute path, e.g. "/etc/app/app.yaml"`,
    ],
    [
      `/${"x".repeat(200)}`,
      undefined,
      `${key(`/${"x".repeat(200)}`)}: "/${"x".repeat(75)}…" has 201 characters; use at most 200`,
    ],
    ["/tmp/x", undefined, `${key("/tmp/x")}: "/tmp" is writable in every container; its size is \`resources.tmpSize\``],
    ["/etc/hosts", undefined, `${key("/etc/hosts")}: "/etc/hosts" is written by Kubernetes; use another path`],
    ["/run", undefined, `${key("/run")}: "/run" is a folder of the platform (/run/tls); use another path`],
    ["/etc/x", {}, `${key("/etc/x")}: has no content; give one of text and secret`],
    ["/etc/x", { text: "a", secret: "b" }, `${key("/etc/x")}: has text and secret; give one of text and secret`],
    ["/etc/x", { texts: "a" }, `${key("/etc/x")}.texts: unknown key; did you mean text?`],
    [
      "/etc/x",
      { text: "-----BEGIN PRIVATE KEY-----" },
      `${key("/etc/x")}.text: holds a private key, but everyone who may read the settings or the pods can read text. Use secret, stored with --secret`,
    ],
    [
      "/etc/x",
      { text: "x".repeat(1024 * 1024) },
      "apps.shop.files: those with text have 1048588 bytes together, and a ConfigMap takes at most 1048576; put large files into the image or a volume",
    ],
    [
      "/etc/x",
      { secret: "clear" },
      `${key("/etc/x")}.secret: is stored in clear and must be stored with --secret; run: pulumi config set --secret --path ${key("/etc/x")}.secret`,
    ],
  ];
  for (const [path, content, told] of cases)
    assert.ok(file(path, content).includes(told), `${told}\n${file(path, content).join("\n")}`);
  assert.deepEqual(
    problemsOfShop((app) => (app.files = { "/etc/x": { text: "a" }, "/etc/x/y": { text: "b" } })),
    [`${key("/etc/x/y")}: stands below "/etc/x", which is a file; use another path`],
  );
});

test("no message has the content of a secret file, and one in the wrong place is told where it belongs", () => {
  const stored = (files: object) => ({
    ...context,
    secretLayers: new Set(["apps"]),
    stored: { config: { "switchboard:apps": { shop: { files } } } },
  });
  const secret = { "/etc/x": { secret: { secure: "…" } } };
  assert.deepEqual(
    problemsOfShop((app) => (app.files = { "/etc/x": { secret: "hidden-content" } }), stored(secret)),
    [],
  );
  const wrong = problemsOfShop((app) => {
    app.files = { "/etc/x": { secret: "hidden-content" }, "/etc/y": { text: 5 } };
  }, stored(secret));
  assert.deepEqual(wrong, ['apps.shop.files["/etc/y"].text: 5 is not text; quote it: "5"']);
  const number = problemsOfShop((app) => (app.files = { "/etc/x": { secret: 912873 } }), stored(secret));
  assert.doesNotMatch(number.join(), /912873/);
  assert.match(number.join(), /^apps\.shop\.files\["\/etc\/x"\]\.secret: the value is not text/);
  const misplaced = problemsOfShop(
    (app) => (app.files = { "/etc/x": { text: "hidden-content" } }),
    stored({ "/etc/x": { text: { secure: "…" } } }),
  );
  assert.deepEqual(misplaced, [
    'apps.shop.files["/etc/x"].text: is stored with --secret, but everyone who may read the pods can read text. Use secret: pulumi config set --secret --path apps.shop.files["/etc/x"].secret, then pulumi config rm --path apps.shop.files["/etc/x"].text',
  ]);
});
