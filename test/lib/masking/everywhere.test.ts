import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { failureOf } from "../../../cli/core/failure";
import { ioOf } from "../../../cli/core/io";
import { readLine } from "../../../cli/logs/record";
import { describe, UserError } from "../../../lib/userError";
import { clean } from "../../../review/comment/escape";
import { messageOf } from "../../../review/forge/errors";
import { Github } from "../../../review/forge/github";
import { Gitlab } from "../../../review/forge/gitlab";
import { upsert } from "../../../review/forge/upsert";
import { problems } from "../../components/settings/stack";
import { toolFolders } from "../../support/folders";
import { FakeGithub } from "../../support/forges/github";
import { FakeGitlab } from "../../support/forges/gitlab";
import { repository } from "../../support/plan";
import { secretForms } from "../../support/secretForms";

const { text, secret } = secretForms()["URL of postgres"]!;

/** Every way by which a text leaves the tools. */
const ways: Readonly<Record<string, () => string>> = {
  "an error": () => describe(new UserError(text, text, "log")),
  "a defect": () => describe(new Error(text)),
  "an error of the command": () => failureOf(new UserError(text, text)).text,
  "an error of the command as JSON": () => JSON.stringify(failureOf(new UserError(text, text)).error),
  "a defect of the command as JSON": () => JSON.stringify(failureOf(new Error(text)).error),
  "a note": () => {
    let said = "";
    const stderr = new Writable({
      write(chunk, _, done) {
        said += chunk;
        done();
      },
    });
    const io = ioOf({
      ...{ stdout: stderr, stderr, env: {}, json: true, quiet: false },
      signal: new AbortController().signal,
    });
    io.note(text);
    return said + io.notes.join();
  },
  "a forge's answer": () => messageOf(text),
  "a comment": () => clean(text),
  "a line of a log": () => JSON.stringify(readLine(`2026-01-01T00:00:00Z ${text}`, origin, "")),
  "a line of a log that is JSON": () =>
    JSON.stringify(readLine(`2026-01-01T00:00:00Z ${JSON.stringify({ level: "info", msg: text })}`, origin, "")),
};
const origin = { tier: "panel", pod: "panel-1", container: "panel" } as const;

for (const [way, said] of Object.entries(ways)) {
  test(`${way} goes through the masker`, () => {
    assert.ok(!said().includes(secret), said());
    assert.match(said(), /\[secret\]/);
  });
}

test("what is posted goes through the masker, whoever rendered it", async () => {
  const entry = { isOurs: () => true, merge: () => `marker\n${text}` };
  const github = await new FakeGithub().start();
  const gitlab = await new FakeGitlab().start();
  try {
    github.pull(7);
    const clock = { random: () => 0, sleep: async () => {}, timeout: AbortSignal.timeout };
    const options = { repository: "acme/shop", token: "token", api: github.origin, throttled: false };
    await upsert(new Github(options).comments(7), entry, { clock });
    await upsert(new Github(options).issues("drift", "drift"), entry, { clock });
    await upsert(new Gitlab({ project: "acme/shop", token: "token", api: gitlab.origin }).notes(7), entry, { clock });
    const posted = [...github.comments, ...github.issues, ...gitlab.notes].map(({ body }) => body).filter(Boolean);
    assert.equal(posted.length, 3);
    for (const body of posted) {
      assert.ok(!body.includes(secret), body);
      assert.match(body, /\[secret\]/);
    }
  } finally {
    await github.stop();
    await gitlab.stop();
  }
});

/** Settings as people get them wrong, under names of which the masker knows that they are secrets'. */
const wrong: Readonly<Record<string, (variables: string) => unknown>> = {
  "in clear": () => "Zq8rT2vXw9Lk4Mn7",
  "without a value": () => null,
  "a number": () => 1234567,
  "a list": () => ["a"],
  "a map": () => ({ a: "b" }),
  "a reference to itself": (name) => `$(${name})`,
};

for (const [what, value] of Object.entries(wrong)) {
  test(`what is wrong with a variable that is ${what} can be read, also where its name is a secret's`, () => {
    for (const app of ["panel", "chat"]) {
      for (const kind of ["env", "secretEnv"]) {
        for (const name of ["API_KEY", "MAIL_TOKEN", "SECRET_KEY_BASE", "SENTRY_DSN", "SMTP_PASSWORD", "A-TOKEN"]) {
          const told = problems((raw) => (raw[app][kind] = { [name]: value(name) }));
          for (const line of told)
            assert.equal(
              failureOf(new UserError(`wrong:\n  ${line}`, "correct it")).error.message,
              `wrong:\n  ${line}`,
            );
        }
      }
    }
  });
}

/** What writes past the masker, and why that shows nothing. */
const direct: Readonly<Record<string, string>> = {
  "lib/userError.ts": "errors, which `describe` masks",
  "lib/interrupt.ts": "a fixed sentence",
  "engine/languageHost.ts": "the program's own output, which the CLI reads and masks",
  "engine/plugin.ts": "a number of a port",
  "engine/providers/server.ts": "where in a plugin a defect is; the CLI reads it",
  "engine/stack/index.ts": "the terminal that somebody asked for, in the Pulumi CLI",
  "cli/images/load.ts": "names of images",
  "cli/images/tools.ts": "what builds and pushes images says to the person who started it",
  "sandbox/nodes/controller.ts": "addresses of Services and names of disks, into a log of the nodes",
  "cli/commands/reference.ts": "names of files",
  "review/policies/describe.ts": "names of files",
  "cli/commands/comment/index.ts": "the rendered comment, of which every value went through `clean`",
  "cli/ci/apiDoor.ts": "names of stacks and addresses of machines",
  "cli/ci/plan.ts": "names of stacks and files",
  "cli/ci/approval.ts": "names of stacks",
  "cli/ci/post.ts": "addresses of posts and the forge's own errors, which are masked",
  "cli/ci/driftIssue.ts": "addresses of issues and the forge's own errors, which are masked",
  "cli/ci/review.ts": "names of stacks; the output of Pulumi goes through the masker",
  "cli/cluster/console.ts": "the terminal that somebody asked for, in an app of theirs",
  "cli/cluster/kubectl.ts": "the terminal that somebody asked for, in an app of theirs",
  "cli/commands/newStack/terminalPrompter.ts": "what is wrong with an answer, on the terminal where it was given",
};

test("nothing else of the tools writes to the terminal or lets another program do it", () => {
  const files = ["lib", ...toolFolders].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${folder}/${file}`),
  );
  const writers = files.filter((file) =>
    /process\.std(?:out|err)\.write|\bconsole\.(?:log|error|warn|info)\(|"inherit"/.test(
      readFileSync(join(repository, file), "utf8").replace(/'[^'\n]*'/g, ""),
    ),
  );
  assert.deepEqual(writers.sort(), Object.keys(direct).sort());
});
