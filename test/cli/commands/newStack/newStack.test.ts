import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Prompter } from "../../../../cli/commands/newStack/collect";
import { questions } from "../../../../cli/commands/newStack/questions";
import type { Given } from "../../../../components/clouds/shared/newStack";
import { layerKey } from "../../../support/project";
import { digest, emptyFolder, make, places as somewhere } from "./made";

const common: Given = {
  example: "panel-and-chat",
  host: "panel.acme-corp.com",
  chatHost: "chat.acme-corp.com",
  admin: "root@acme-corp.com",
  certificate: "acme",
};
const places: Record<string, Given> = {
  local: {
    ...{ ...common, ...somewhere.local, certificate: "selfSigned" },
    ...{ host: "panel.localhost", chatHost: "chat.localhost", admin: "a@panel.localhost" },
  },
  existing: { ...common, ...somewhere.existing, redisImage: `docker.io/library/redis:7.4.2${digest}` },
  gke: { ...common, ...somewhere.gke },
  eks: { ...common, ...somewhere.eks },
};

for (const [place, given] of Object.entries(places)) {
  for (const size of place === "local" ? [undefined] : (["small", "production"] as const)) {
    test(`${place}${size ? `, ${size}` : ""}: the program accepts the file, and keys and comments are those of the base`, async () => {
      const { redisImage, ...rest } = given;
      const flags = {
        name: "team",
        ...rest,
        ...(size && { size }),
        ...(size === "production" && redisImage && { redisImage }),
      };
      const { text, config, printed } = await make(flags as Given);
      assert.equal(config[layerKey("operations")].stage, "team");
      assert.equal(config[layerKey("operations")].protect, size === "production");
      assert.match(text, /^# Stack team: /);
      assert.match(text, /^ {2}# How the stack is run\.$/m);
      assert.match(printed, /npx switchboard preview team/);
      assert.doesNotMatch(
        text,
        /switchboard-prod|switchboard\.dev\b(?!\/)|123456789012/,
        "nothing of the base's own is left",
      );
    });
  }
}

test("a zone of the cloud, given by its name, serves the hosts in it", async () => {
  const { config } = await make({ name: "team", ...places.gke, size: "production", dnsZone: "acme-corp" });
  assert.deepEqual(config[layerKey("cluster")].dnsZone, { name: "acme-corp", domain: "acme-corp.com" });
  assert.equal(config[layerKey("edge")].certificate.challenge, "dns01");
  assert.equal(config[layerKey("edge")].certificate.directory, "production");
});

test("the next commands of a cloud name its backend and its key for secrets", async () => {
  const gke = await make({ name: "team", ...places.gke, size: "small" });
  assert.match(gke.printed, /pulumi login gs:\/\/BUCKET/);
  assert.match(
    gke.printed,
    /pulumi stack init team --secrets-provider "gcpkms:\/\/projects\/my-project-1\/locations\/europe-west3\/keyRings/,
  );
  const eks = await make({ name: "team", ...places.eks, size: "small" });
  assert.match(eks.printed, /--secrets-provider "awskms:\/\/alias\/switchboard-pulumi\?region=eu-central-1"/);
});

test("every wrong flag is named at once, in the words of the settings, and nothing is written", async () => {
  const folder = emptyFolder();
  const flags = {
    ...places.gke,
    name: "Team",
    region: "europe-west1-b",
    host: "https://x",
    admin: "me",
    size: "huge",
  };
  await assert.rejects(make(flags as unknown as Given, folder), (error: Error) => {
    for (const expected of [
      /^--name: "Team" is not a valid name; use lower-case letters/m,
      /^--region: "europe-west1-b" is a zone/m,
      /^--host: "https:\/\/x" is a URL; give the host name only/m,
      /^--admin: "me" is not an e-mail address/m,
      /^--size: "huge" is not one of the answers; use small, production$/m,
    ]) {
      assert.match(error.message, expected);
    }
    return true;
  });
  assert.deepEqual(readdirSync(folder), []);
});

test("without anybody to ask, the flags that are missing are named", async () => {
  await assert.rejects(make({ name: "team", example: "panel-and-chat", where: "eks" }), (error: Error) => {
    const named = [...error.message.matchAll(/^ {2}--([\w-]+)/gm)].map(([, flag]) => flag);
    assert.deepEqual(named, ["size", "region", "account", "deployer", "host", "chat-host", "admin", "certificate"]);
    return true;
  });
});

test("a flag that has no use with the other answers is refused", async () => {
  await assert.rejects(
    make({ name: "team", ...places.local, project: "my-project-1" }),
    /--project: has no use with these answers; leave it out$/,
  );
});

test("where somebody answers, a wrong flag is told before the first question", async () => {
  const prompter: Prompter = { ask: () => assert.fail("asked"), confirm: () => assert.fail("asked") };
  await assert.rejects(make({ name: "Team" }, emptyFolder(), prompter), /--name: "Team" is not a valid name/);
});

test("a file that is there is not overwritten", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "Pulumi.team.yaml"), "config: {}\n");
  await assert.rejects(make({ name: "team", ...places.local }, folder), /"team" exists already .* use another name/);
  assert.equal(readFileSync(join(folder, "Pulumi.team.yaml"), "utf8"), "config: {}\n");
});

test("asked one after the other, only what matters, and a wrong answer is refused at once", async () => {
  const answers: Record<string, string[]> = {
    name: ["Team!", "team"],
    example: ["panel-and-chat"],
    where: ["gke"],
    size: ["small"],
    project: ["x", "my-project-1"],
    projectNumber: ["987654321098"],
    region: ["eu-west-1", "europe-west3"],
    host: ["panel.acme-corp.com"],
    chatHost: ["panel.acme-corp.com", "chat.acme-corp.com"],
    admin: ["root@acme-corp.com"],
    dnsZone: ["none"],
    certificate: ["acme"],
    directory: ["staging"],
  };
  const asked: string[] = [];
  const refused: string[] = [];
  const prompter: Prompter = {
    async ask({ key }, _given, problem) {
      asked.push(key);
      for (const answer of answers[key]!) {
        const found = problem(answer);
        if (!found) return answer;
        refused.push(`${key}: ${found}`);
      }
      throw new Error(`every answer to ${key} was refused: ${refused.join("\n")}`);
    },
    confirm: async () => true,
  };
  const { config } = await make({}, emptyFolder(), prompter);
  assert.deepEqual(asked, Object.keys(answers));
  assert.deepEqual(
    refused.map((line) => line.split(":")[0]),
    ["name", "project", "region", "chatHost"],
  );
  assert.match(
    refused[3]!,
    /apps\.chat\.processes\.socket\.route\.host and apps\.panel\.processes\.web\.route\.host are both "panel\.acme-corp\.com"/,
  );
  assert.equal(config[layerKey("cluster")].project, "my-project-1");
});

test("a person who says no leaves no file", async () => {
  const folder = emptyFolder();
  const prompter: Prompter = { ask: () => assert.fail("everything is given"), confirm: async () => false };
  const given = { name: "team", namespace: "team", ...places.local };
  await assert.rejects(make(given, folder, prompter), /nothing was written/);
  assert.deepEqual(readdirSync(folder), []);
});

test("each question has a flag of its own, and settings that exist to be decided", () => {
  assert.equal(new Set(questions.map(({ flag }) => flag)).size, questions.length);
  assert.equal(new Set(questions.map(({ key }) => key)).size, questions.length);
});
