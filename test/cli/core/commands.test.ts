import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { catalog } from "../../../cli/commands";
import { commandReference, referenceFile } from "../../../cli/commands/reference";
import { grouped } from "../../../cli/core/catalog";
import type { CommandSpec } from "../../../cli/core/command";
import { complete } from "../../../cli/core/complete";
import { argumentName, argumentsOf, commonOptions, longOf, programOptions } from "../../../cli/core/options";
import { overview, parse } from "../../../cli/core/program";
import { commandIn } from "../../../cli/core/run";
import { stacks } from "../../../engine/stack/target";
import { repository } from "../../support/plan";

const style = { width: 80, valueWidth: 80, colours: false };
const known = { catalog, version: "1.0.0", style };
const all = () => Promise.all(catalog.map(async (entry) => ({ entry, spec: await entry.load() })));
const offered = async (...words: string[]) =>
  (await complete(words, catalog, stacks)).candidates.map(({ value }) => value);

test("every folder of cli/commands is in the list, under its own name and with its own summary", async () => {
  const files = readdirSync(join(repository, "cli/commands")).filter((name) => !name.endsWith(".ts"));
  const commands = await all();
  const folderOf = (name: string) => name.replace(/-(.)/g, (_all, letter: string) => letter.toUpperCase());
  assert.deepEqual(catalog.map(({ name }) => folderOf(name)).sort(), files.sort());
  for (const { entry, spec } of commands) {
    assert.equal(spec.name, entry.name);
    assert.equal(spec.summary, entry.summary, `${entry.name}: the summary in cli/commands/index.ts is the command's`);
    assert.match(spec.summary, /^[a-z].*[^.]$/, "a summary is the rest of a sentence");
    assert.match(spec.access, /^(none|read|write)$/);
  }
  assert.deepEqual(
    grouped(catalog).flatMap(([, entries]) => entries),
    catalog,
    "a group is in one piece",
  );
});

/** The words of an example as a shell would split them; undefined for a part of a pipe that is not ours. */
function wordsOf(example: string): string[][] {
  const parts = example.split(/ \|\|? | && |<\(|\)/).map((part) => part.replace(/ <[( ].*| > .*/, "").trim());
  return parts
    .filter((part) => /^(npx )?switchboard( |$)/.test(part))
    .map((part) => {
      const words = part.replace(/^npx /, "").match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
      return words.slice(1).map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));
    });
}

for (const { name, load } of catalog) {
  test(`${name}: examples are command lines that it takes`, async () => {
    const spec = await load();
    assert.ok(spec.examples.length >= 2, "an example says more than a description");
    for (const [line, meaning] of spec.examples) {
      assert.ok(meaning.length > 0);
      const lines = wordsOf(line);
      assert.ok(lines.length > 0, `${line} calls switchboard`);
      for (const words of lines) {
        const end = words.indexOf("--");
        const own = end < 0 ? words : words.slice(0, end);
        const named = catalog.find((entry) => entry.name === commandIn(own));
        const parsed = parse(own, { ...known, spec: await named?.load() });
        assert.equal(parsed.kind, "call", line);
      }
    }
    assert.ok(
      spec.examples.some(([line]) => wordsOf(line).some((words) => commandIn(words) === name)),
      "one of them is of this command",
    );
  });

  test(`${name}: help fits 80 columns and names every option`, async () => {
    const spec = await load();
    const parsed = parse([name, "--help"], { ...known, spec });
    assert.ok(parsed.kind === "text");
    const long = parsed.text.split("\n").filter((line) => line.length > 80);
    assert.deepEqual(long, []);
    for (const { flags } of [...(spec.options ?? []), ...commonOptions(spec)]) {
      assert.match(parsed.text, new RegExp(`${longOf(flags)}\\b`));
    }
    assert.match(parsed.text, /^Examples:$[\s\S]*^Exit codes:$/m);
  });

  test(`${name}: --json, --quiet and --no-color are accepted before and after it`, async () => {
    const spec = await load();
    const given = argumentsOf(spec).flatMap(({ name: argument, choices }) =>
      argument.startsWith("<") ? [choices?.[0] ?? "x"] : [],
    );
    for (const words of [
      [name, "--json", "-q", "--no-color", ...given],
      ["--json", "--quiet", "--no-color", name, ...given],
    ]) {
      const parsed = parse(words, { ...known, spec });
      assert.ok(parsed.kind === "call");
      const { json, quiet, color } = parsed.options;
      assert.deepEqual({ json, quiet, color }, { json: true, quiet: true, color: false });
    }
  });

  test(`${name}: completion offers it, its options, its choices and the stacks`, async () => {
    const spec = await load();
    assert.ok((await offered(name.slice(0, 3))).includes(name));
    const options = [...(spec.options ?? []), ...commonOptions(spec)];
    const flags = await offered(name, "--");
    assert.deepEqual(flags.sort(), [...options.map((option) => longOf(option.flags)), "--help"].sort());
    for (const option of options) {
      if (option.choices) assert.deepEqual(await offered(name, longOf(option.flags), ""), [...option.choices]);
      if (/<stack>|--stack /.test(option.flags)) {
        assert.deepEqual(await offered(name, longOf(option.flags), ""), stacks());
        assert.deepEqual(await offered(name, `${longOf(option.flags)}=pro`), [
          ...stacks().flatMap((stack) => (stack.startsWith("pro") ? [`${longOf(option.flags)}=${stack}`] : [])),
        ]);
      }
    }
    const [first] = argumentsOf(spec);
    if (first?.choices) assert.deepEqual(await offered(name, ""), [...first.choices]);
    if (first && argumentName(first.name) === "stack") assert.deepEqual(await offered(name, ""), stacks());
  });
}

test("the overview fits 80 columns", () => {
  const long = overview({ ...known, spec: undefined })
    .split("\n")
    .filter((line) => line.length > 80);
  assert.deepEqual(long, []);
});

test("docs/commands.md says what the commands say (npm run commands brings it up to date)", async () => {
  assert.equal(readFileSync(join(repository, referenceFile), "utf8"), await commandReference());
});

test("npm scripts call commands that are there", () => {
  const { scripts, bin } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  assert.deepEqual(bin, { switchboard: "cli/bin/switchboard.cjs" });
  const called = Object.entries<string>(scripts).flatMap(([script, line]) => {
    const [, command] = /^node cli\/bin\/switchboard\.cjs (\S+)$/.exec(line) ?? [];
    return command ? [[script, command]] : [];
  });
  for (const [script, command] of called) {
    assert.equal(script, command);
    assert.ok(
      catalog.some(({ name }) => name === command),
      `${command} is a command`,
    );
  }
  const daily = ["up", "down", "preview", "new-stack", "status", "console", "logs", "run", "diagram", "cost", "doctor"];
  for (const name of [...daily, "drift", "pulumi"])
    assert.ok(
      called.some(([script]) => script === name),
      name,
    );
});

test("no option of a command stands in the way of those that all have", async () => {
  for (const { spec } of await all()) {
    const own = (spec.options ?? []).flatMap(({ flags }) => flags.match(/(?<![\w-])-\w\b/g) ?? []);
    const taken = [...commonOptions(spec), ...programOptions].flatMap(
      ({ flags }) => flags.match(/(?<![\w-])-\w\b/g) ?? [],
    );
    const common = (spec: CommandSpec) => (spec.options ?? []).some(({ flags }) => flags.startsWith("-y, --yes"));
    const clash = own.filter((flag) => taken.includes(flag) && !(flag === "-y" && common(spec)));
    assert.deepEqual(clash, [], spec.name);
  }
});
