import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { changesOf } from "../../../../cli/commands/newStack/assemble";
import type { Prompter } from "../../../../cli/commands/newStack/collect";
import { questions } from "../../../../cli/commands/newStack/questions";
import { starts } from "../../../../cli/commands/newStack/starts";
import { textOf } from "../../../../components/clouds/shared/newStack";
import { removed } from "../../../../components/schema/change";
import { exampleFile, exampleStacks } from "../../../../engine/stack/examples";
import { layerKey } from "../../../support/project";
import { emptyFolder, make, places } from "./made";

test("every example is offered, with what it is and the stores that it uses", () => {
  assert.deepEqual(Object.keys(starts), exampleStacks().sort());
  assert.deepEqual(
    Object.entries(starts).map(([name, { stores, apps }]) => [name, stores, apps.map((app) => app.name)]),
    [
      ["node-api", "none", ["api"]],
      ["panel-and-chat", "both", ["panel", "chat"]],
      ["rails", "both", ["desk"]],
      ["three-tier", "postgres", ["web", "backend"]],
      ["websocket-tls-sidecar", "none", ["board"]],
    ],
  );
  for (const { summary } of Object.values(starts)) {
    assert.ok(summary.length > 20 && summary.length < 110, summary);
    assert.doesNotMatch(summary, /npm run|\.$/);
  }
});

test("what an image of one's own leaves out of an example is in its file", () => {
  const known = { usedPorts: [], images: { postgres: "p@sha256:1", edge: "e@sha256:2" } };
  let found = 0;
  for (const example of Object.keys(starts)) {
    const given = { name: "team", example, where: "local", image: "r.example/own:1", backendImage: "r.example/own:1" };
    const { apps } = parse(readFileSync(exampleFile(example), "utf8").replace("switchboard:apps", "apps")).config;
    for (const [path, value] of changesOf({ ...given, stores: starts[example]!.stores }, known)) {
      if (value !== removed || !path.startsWith("apps.") || path.endsWith(".uses")) continue;
      const [, ...keys] = path.split(".");
      assert.notEqual(
        keys.reduce((here, key) => here?.[key], apps),
        undefined,
        `${example}: ${path}`,
      );
      found += 1;
    }
  }
  assert.ok(found >= 8, String(found));
});

/** What somebody is asked who answers these, and the likely thing otherwise. */
async function asked(answers: Readonly<Record<string, string>>) {
  const seen: string[] = [];
  const keys: string[] = [];
  const prompter: Prompter = {
    async ask(question, given, problem) {
      const answer = answers[question.key] ?? question.suggestion?.(given) ?? question.choices?.(given)[0]?.value;
      keys.push(question.key);
      // The choice itself names every starting point.
      if (question.key !== "example")
        seen.push(textOf(question.message, given), JSON.stringify(question.choices?.(given)));
      assert.ok(answer !== undefined, question.key);
      assert.equal(problem(answer), undefined, `${question.key}: ${answer}`);
      return answer;
    },
    confirm: async () => true,
  };
  const { text, printed, config } = await make({}, emptyFolder(), prompter);
  return { keys, config, words: [...seen, text, printed].join("\n") };
}

test("only the starting point that has a panel and a chat speaks of them", async () => {
  for (const example of Object.keys(starts)) {
    const { words } = await asked({ name: "team", example, where: "local" });
    if (example === "panel-and-chat") assert.match(words, /Host name of chat[\s\S]*preset: chat/);
    else assert.doesNotMatch(words, /panel|chat/i, example);
  }
});

test("whoever has an image is asked for it, its port, its stores and its host, and for nothing else", async () => {
  const image = "registry.example/shop:1.4.2";
  const { keys, config } = await asked({
    name: "team",
    example: "node-api",
    where: "local",
    image,
    port: "8080",
    stores: "postgres",
  });
  assert.deepEqual(keys, ["name", "example", "stores", "where", "namespace", "image", "port", "host", "certificate"]);
  const { api } = config[layerKey("apps")];
  assert.deepEqual([api.image, api.processes.web.port, api.uses], [image, 8080, { postgres: true }]);
  assert.equal(api.processes.web.route.host, "api.localhost");
  assert.equal(api.processes.web.probe, undefined, "the health paths are the example's");
  assert.deepEqual(config[layerKey("redis")], {}, "what Pulumi.yaml gives a stack that says nothing");
  assert.equal(config[layerKey("postgres")].kind, "inCluster");
});

test("the folder of a Dockerfile is built, and pushed to the registry of the place", async () => {
  const flags = { name: "team", example: "node-api", image: "apps/panel", port: "3001", certificate: "selfSigned" };
  const host = "shop.acme-corp.com";
  const local = await make({ ...flags, ...places.local, host: "shop.localhost" });
  assert.deepEqual(local.config[layerKey("apps")].api.image, {
    repository: "localhost/team/api",
    source: "apps/panel",
  });
  const gke = await make({ ...flags, ...places.gke, host, size: "small" });
  assert.equal(
    gke.config[layerKey("apps")].api.image.repository,
    "europe-west3-docker.pkg.dev/my-project-1/switchboard/api",
  );
  const existing = await make({
    ...flags,
    ...places.existing,
    host,
    size: "small",
    registry: "harbor.acme-corp.com/web",
  });
  assert.equal(existing.config[layerKey("apps")].api.image.repository, "harbor.acme-corp.com/web/api");
});

test("another port reaches what names it: the proxy beside the app", async () => {
  const image = "registry.example/board:2.0";
  const { text } = await make({
    ...{ name: "team", example: "websocket-tls-sidecar", ...places.local, image, port: "9090" },
    ...{ host: "board.localhost", certificate: "selfSigned" },
  });
  assert.match(text, /port: 9090\n[\s\S]*proxy_pass http:\/\/127\.0\.0\.1:9090;/);
  assert.doesNotMatch(text, /8080;/);
});

test("every wrong answer about an app is refused at once, by its flag, with what is allowed", async () => {
  const folder = emptyFolder();
  const flags = {
    ...{ name: "team", example: "websocket-tls-sidecar", ...places.local, image: "shop", port: "8443" },
    ...{ host: "https://x", stores: "mysql", certificate: "acme" },
  };
  await assert.rejects(make(flags, folder), (error: Error) => {
    for (const expected of [
      /^--stores: "mysql" is not one of the answers; use none, postgres, redis, both$/m,
      /^--image: "shop" is neither a folder of this repository nor an image with a tag; write e\.g\. /m,
      /^--port: 8443 is also port of the same pod; use another$/m,
      /^--host: "https:\/\/x" is a URL; give the host name only/m,
      /^--certificate: "acme" is not one of the answers; use selfSigned, provided$/m,
    ])
      assert.match(error.message, expected);
    return true;
  });
});

test("what is wrong and what is missing is said together", async () => {
  await assert.rejects(make({ name: "Team", example: "rails", where: "local" }), (error: Error) => {
    assert.match(error.message, /^--name: "Team" is not a valid name/m);
    assert.match(error.message, /these flags are missing:\n {2}--host .*\n {2}--certificate /);
    assert.doesNotMatch(error.message, /panel|chat/);
    return true;
  });
});

test("an example's own image keeps the stores that it cannot do without", async () => {
  const flags = { name: "team", example: "rails", ...places.local, host: "desk.localhost", certificate: "selfSigned" };
  await assert.rejects(
    make({ ...flags, stores: "redis" }),
    /--image: "examples\/rails\/app" needs postgres; use --stores both/,
  );
  const { config } = await make({ ...flags, stores: "redis", image: "registry.example/shop:1.0" });
  const { desk } = config[layerKey("apps")];
  assert.deepEqual([desk.release, desk.uses], [undefined, { redis: true, redisPrefix: "" }]);
});

test("flags of another starting point have no use", async () => {
  const flags = {
    name: "team",
    example: "node-api",
    ...places.local,
    host: "api.localhost",
    certificate: "selfSigned",
  };
  await assert.rejects(make({ ...flags, chatHost: "chat.localhost" }), /--chat-host: has no use with these answers/);
  await assert.rejects(
    make({ ...flags, backendImage: "r.example/a:1" }),
    /--backend-image: has no use with these answers/,
  );
});

test("an app beside the one that people reach has flags of its own", () => {
  const flags = questions.map(({ flag }) => flag);
  for (const flag of ["image", "port", "host", "backend-image", "backend-port"]) assert.ok(flags.includes(flag), flag);
});
