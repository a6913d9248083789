import assert from "node:assert/strict";
import { test } from "node:test";
import { called, jobOf, planOfShop, podOf, problemsOfShop } from "./shop";

const withKey = (value: object | string) => (app: any) => {
  app.release = { command: ["shop", "migrate"] };
  app.schedules = { nightly: { cron: "0 3 * * *", command: ["shop", "nightly"] } };
  app.env = { COOKIE_SETTINGS: "key=$(SESSION_KEY)" };
  app.generated = { SESSION_KEY: value };
};
const passwordOf = (update: Awaited<ReturnType<typeof planOfShop>>, generation = 1) =>
  update.named("random:index/randomPassword:RandomPassword", `shop-SESSION_KEY-password-g${generation}`).inputs;

test("a value that the platform makes reaches every process and the release command from a Secret", async () => {
  const update = await planOfShop(withKey({}));
  const { length, special, keepers } = passwordOf(update);
  assert.deepEqual({ length, special, keepers }, { length: 64, special: false, keepers: { generation: "1" } });
  const job = jobOf(update, "release").inputs.spec.template.spec;
  // By the name that stays, so that another value is no other job.
  assert.deepEqual(job.containers[0].envFrom.at(-1).secretRef.name, "shop-given-current");
  for (const { containers } of [podOf(update, "web"), podOf(update, "worker")]) {
    const { env } = containers[0];
    assert.equal(called(env, "SESSION_KEY").valueFrom.secretKeyRef.key, "SESSION_KEY");
    assert.equal(called(env, "SESSION_KEY").value, undefined);
    // Kubernetes knows only what stands before a reference.
    const names = env.map(({ name }: any) => name);
    assert.ok(names.indexOf("SESSION_KEY") < names.indexOf("COOKIE_SETTINGS"), names.join());
  }
  const stored = update.named("kubernetes:core/v1:Secret", "shop-given-secret").inputs;
  assert.deepEqual(Object.keys(stored.stringData["[secret]"]), ["SESSION_KEY"]);
});

test("a raised generation or another length is another value, and runs no release command again", async () => {
  const one = await planOfShop(withKey({}));
  const two = await planOfShop(withKey({ generation: 2, length: 32 }));
  assert.deepEqual(passwordOf(two, 2).keepers, { generation: "2" });
  assert.equal(passwordOf(two, 2).length, 32);
  assert.equal(jobOf(one, "release").name, jobOf(two, "release").name);
});

test("a value that only some pods get is a file, and in no other pod and in no Secret that is taken whole", async () => {
  const update = await planOfShop(withKey({ file: true, for: ["web", "nightly"] }));
  const folder = "/run/secrets/own/SESSION_KEY_FILE";
  const web = podOf(update, "web").containers[0];
  assert.equal(called(web.env, "SESSION_KEY_FILE").value, `${folder}/value`);
  assert.ok(web.volumeMounts.some(({ mountPath }: any) => mountPath === folder));
  const nightly = update.of("kubernetes:batch/v1:CronJob").find(({ name }) => /^shop-nightly/.test(name))!.inputs.spec
    .jobTemplate.spec;
  assert.ok(called(nightly.template.spec.containers[0].env, "SESSION_KEY_FILE"));
  for (const pod of [podOf(update, "worker"), jobOf(update, "release").inputs.spec.template.spec]) {
    assert.equal(called(pod.containers[0].env, "SESSION_KEY_FILE"), undefined);
    assert.doesNotMatch(JSON.stringify(pod), /session-key|SESSION_KEY"/);
  }
  const variable = await planOfShop(withKey({ for: ["worker"] }));
  assert.equal(called(podOf(variable, "web").containers[0].env, "SESSION_KEY"), undefined);
  const { valueFrom } = called(podOf(variable, "worker").containers[0].env, "SESSION_KEY");
  assert.match(valueFrom.secretKeyRef.name, /^shop-own-session-key-secret/);
});

test("with an overlap the app knows the values of before and after, by variable or by file", async () => {
  const inOrder = (update: Awaited<ReturnType<typeof planOfShop>>) =>
    update
      .of("random:index/randomPassword:RandomPassword")
      .map(({ name }) => name)
      .filter((name) => name.startsWith("shop-SESSION_KEY"))
      .sort();
  const first = await planOfShop(withKey({ overlap: true }), { preview: false });
  const third = await planOfShop(withKey({ overlap: true, generation: 3, file: true }), { preview: false });
  const named = (generations: number[]) => generations.map((number) => `shop-SESSION_KEY-password-g${number}`);
  assert.deepEqual(inOrder(first), named([1, 2]));
  assert.deepEqual(inOrder(third), named([2, 3, 4]));
  const { env } = podOf(first, "web").containers[0];
  assert.equal(called(env, "SESSION_KEY_ACCEPTED").valueFrom.secretKeyRef.key, "SESSION_KEY_ACCEPTED");
  const folder = "/run/secrets/own/SESSION_KEY_FILE";
  const files = podOf(third, "web").containers[0].env;
  assert.equal(called(files, "SESSION_KEY_FILE").value, `${folder}/value`);
  assert.equal(called(files, "SESSION_KEY_ACCEPTED_FILE").value, `${folder}/accepted`);
  const stored = third.named("kubernetes:core/v1:Secret", "shop-own-session-key-file-secret").inputs.stringData;
  const { value, accepted } = stored["[secret]"];
  assert.equal(accepted.split(",").length, 2);
  assert.ok(accepted.split(",").every((other: string) => other.length === value.length));
  // One of them takes over what a stack of an earlier release has: two would be refused.
  const aliased = third.of("random:index/randomPassword:RandomPassword").filter(({ name, aliases }) => {
    return name.startsWith("shop-SESSION_KEY") && aliases.length > 0;
  });
  assert.deepEqual(
    aliased.map(({ name }) => name),
    named([3]),
  );
});

test("what is wrong with it is told with the variable and what to do", () => {
  const cases: [change: (app: any) => void, told: RegExp][] = [
    [withKey({ length: 8 }), /^apps\.shop\.generated\.SESSION_KEY\.length: 8 .*16.*256/],
    [withKey({ generation: 0 }), /^apps\.shop\.generated\.SESSION_KEY\.generation: 0 .*1/],
    [
      withKey("made-by-hand"),
      /^apps\.shop\.generated\.SESSION_KEY: the value is not a map of keys and values; write its keys below it$/,
    ],
    [
      withKey({ for: ["cron"] }),
      /^apps\.shop\.generated\.SESSION_KEY\.for\[0\]: "cron" is no process, schedule or command of it; use one of web, worker, nightly, release$/,
    ],
    [
      (app) => (app.firstLogin = { email: "a", password: "X" }),
      /^apps\.shop\.firstLogin\.email: "a" is not an e-mail address; write e\.g\. "admin@example\.com"$/,
    ],
    [
      (app) => (app.firstLogin = { email: "a@b.example", password: "X" }),
      /^apps\.shop\.firstLogin\.password: is not the name of one of generated; add it there$/,
    ],
    [
      (app) => (app.generated = { PGPASSWORD: {} }),
      /^apps\.shop\.generated\.PGPASSWORD: is set by the platform; remove it or use another name$/,
    ],
    [
      (app) => {
        app.env = { A_ACCEPTED: "x" };
        app.generated = { A: { overlap: true } };
      },
      /^apps\.shop\.generated\.A: "A_ACCEPTED" is also in env; keep one$/,
    ],
    [
      (app) => (app.generated = { "A-B": {} }),
      /^apps\.shop\.generated\.A-B: is not a variable name; use letters, digits and "_", not starting with a digit$/,
    ],
    [
      (app) => {
        app.env = { A: "x" };
        app.generated = { A: {} };
      },
      /^apps\.shop\.generated\.A: is also in env; keep one$/,
    ],
    [
      (app) => {
        app.generated = { A: {} };
        app.secretFrom = { A: { secret: "mail", key: "a" } };
      },
      /^apps\.shop\.secretFrom\.A: is also in generated; keep one$/,
    ],
  ];
  for (const [change, told] of cases) {
    const found = problemsOfShop(change);
    assert.ok(
      found.some((one) => told.test(one)),
      `${told}\n${found.join("\n")}`,
    );
  }
  // A value of one's own that came here by mistake is not repeated.
  for (const group of ["generated", "keys", "secretFrom", "externalSecrets"])
    assert.doesNotMatch(problemsOfShop((app) => (app[group] = { KEY: "made-by-hand" })).join(), /made-by-hand/);
});
