import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { renderComment, renderReport } from "../../../review/comment";
import { weigh } from "../../../review/comment/trim";
import { githubSituations, situations, wholeSituations } from "../../support/commentSituations";
import { checkStructure } from "../../support/commentStructure";
import { repository } from "../../support/plan";

const folder = join(repository, "test/golden/comments");
const updates = process.env.UPDATE_GOLDEN === "1";

/** Whether a text is as it is kept; with UPDATE_GOLDEN=1 it is kept from now on. */
function isKept(file: string, text: string): void {
  if (updates) writeFileSync(file, text);
  assert.ok(existsSync(file), `${file} is not there; UPDATE_GOLDEN=1 writes it`);
  assert.equal(text, readFileSync(file, "utf8"));
}

/** What a comment says first: verdicts, what needs attention, and rows that are not safe, without links and code blocks. */
function gist(comment: string): string[] {
  return comment
    .replace(/^(`{3,})[\s\S]*?^\1$/gm, "")
    .replace(/\[(`[^`]*`)\]\([^)]*\)/g, "$1")
    .split("\n")
    .filter((line) => /^(### |⚪|> [^[*]|\*\*What to do)/.test(line) || (/^\|/.test(line) && /[🔴🟠]/u.test(line)))
    .map((line) => line.replace(/ <sub>.*/, ""));
}

describe("comments of real previews (UPDATE_GOLDEN=1 writes them anew)", () => {
  const gists = new Map<string, string[]>();

  for (const { name, report, forge, whole } of situations()) {
    test(name, async () => {
      const about = await report();
      const comment = whole ? renderReport(about) : renderComment(about, forge);
      gists.set(name, gist(comment));
      if (wholeSituations.includes(name)) isKept(join(folder, `${name}.md`), comment);
      assert.ok(weigh(comment, forge) <= forge.units);
      checkStructure(comment, [
        "https://github.com/acme/shop/",
        "https://gitlab.com/acme/shop/",
        "https://dev.azure.com/acme/",
      ]);
    });
  }

  test("what each says first is as it is kept", () => {
    assert.equal(gists.size, situations().length);
    const text = [...gists].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, lines]) => [`## ${name}`, ...lines]);
    isKept(join(folder, "../gists.md"), `${text.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  });

  test("every golden is of a situation", () => {
    const kept = wholeSituations.map((name) => `${name}.md`);
    assert.deepEqual(readdirSync(folder).sort(), kept.sort());
    assert.ok(githubSituations.length >= 40);
  });
});

describe("what goldens say", () => {
  const golden = (name: string) => readFileSync(join(folder, `${name}.md`), "utf8");
  const lines = (name: string) =>
    golden(name)
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("<!--"));

  test("nothing changes: one line", () => {
    assert.equal(lines("nothing-dev").length, 1);
    assert.match(lines("nothing-dev")[0]!, /^⚪ `dev`: no change/);
  });

  test("the verdict is the first line that a person reads", () => {
    assert.match(lines("postgres-deleted")[0]!, /^### 🔴 `prod`: \*\*1 delete\*\*, .* · danger/);
    assert.match(lines("provider-error")[0]!, /^### ❌ `prod`: \*\*the preview failed\*\*/);
    assert.match(lines("two-stacks")[0]!, /^### 🔴 2 stacks: 1 in danger/);
    assert.match(lines("offline")[0]!, /^### 🔵 `dev`: offline preview, \d+ resources/);
  });

  test("a failure says the error first, then what to do, then that the plan is partial", () => {
    const text = golden("provider-error");
    const order = ["Insufficient regional quota", "**What to do:**", "**This plan is partial**", "| New resource |"];
    const places = order.map((part) => text.indexOf(part));
    assert.ok(
      places.every((at, index) => at > (places[index - 1] ?? 0)),
      places.join(" "),
    );
  });

  test("what loses data names the property that forces it and links the line of code", () => {
    assert.match(
      golden("pool-machine-type-eks"),
      /is replaced because `instanceTypes\[0\]` .* what is on the disks of its machines is lost/,
    );
    assert.match(
      golden("pool-machine-type-eks"),
      /\[`components\/clouds\/aws\/nodePools\.ts:\d+`\]\(https:\/\/github\.com\/acme\/shop\/blob\/8f2c51d/,
    );
    assert.match(golden("gitlab"), /https:\/\/gitlab\.com\/acme\/shop\/-\/blob\/8f2c51d/);
  });

  test("Kubernetes objects differ as YAML", () => {
    assert.match(golden("replicas-up"), /```diff\n {2}spec:\n- {3}replicas: \d+\n\+ {3}replicas: \d+\n```/);
  });

  test("an offline preview says so plainly", () => {
    assert.match(golden("offline"), /\*\*This is an offline preview\.\*\* Nobody was asked/);
  });

  test("what was left out is said, with where it is", () => {
    assert.match(
      golden("hundreds-small"),
      /Left out for want of room: .*rows of the table.*\[the run's summary\]\(https/,
    );
    assert.doesNotMatch(golden("replicas-up"), /Left out/);
  });
});
