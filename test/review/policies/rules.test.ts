import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { settingRows } from "../../../components/settings/describe";
import { check, rules, subjects } from "../../../review/policies";
import { committedStacks, repository } from "../../support/plan";
import { clusters } from "./cases/clusters";
import { data } from "./cases/data";
import { exposure } from "./cases/exposure";
import { order } from "./cases/order";
import { pods } from "./cases/pods";
import { applied, type RuleCase, resourcesOf } from "./change";

const cases: Record<string, RuleCase> = { ...exposure, ...data, ...clusters, ...pods, ...order };

/** Keys of settings with the layer before them: `postgres.backups.days`. */
const settings = Object.entries(settingRows()).flatMap(([layer, rows]) => rows.map(({ key }) => `${layer}.${key}`));

describe("the rules", () => {
  test("are at least twenty-five, each with a name of its own, words for people and one way to be asked", () => {
    assert.ok(rules.length >= 25);
    assert.deepEqual(
      rules.map(({ name }) => name),
      [...new Set(rules.map(({ name }) => name))],
    );
    for (const rule of rules) {
      assert.match(rule.name, /^[a-z0-9.-]+$/);
      for (const text of [rule.description, rule.why]) assert.match(text, /^[A-Z`].{20,}\.( .*)?$/, rule.name);
      assert.ok(rule.source.length > 5, rule.name);
      assert.equal([rule.resource, rule.stack].filter(Boolean).length, 1, rule.name);
    }
    assert.ok(subjects.every(({ rules: own }) => own.length > 0));
  });

  test("have cases that pass and cases that fail, each of them", () => {
    assert.deepEqual(Object.keys(cases).sort(), rules.map(({ name }) => name).sort());
    for (const [name, { passes, fails }] of Object.entries(cases))
      assert.ok(passes.length > 0 && fails.length > 0, name);
  });
});

describe("the committed stacks", () => {
  for (const stack of committedStacks) {
    test(`${stack} keeps to every rule, in a preview and with everything known`, async () => {
      assert.deepEqual(check(await resourcesOf(stack)), []);
      assert.deepEqual(check(await resourcesOf(stack, false)), []);
    });
  }
});

for (const { name, level } of rules) {
  describe(`rule ${name}`, () => {
    for (const change of cases[name]?.passes ?? []) {
      test(`lets pass ${change.stack} ${change.name} ${JSON.stringify(change.set)}`, async () => {
        assert.deepEqual(check((await applied(change)).resources), []);
      });
    }
    for (const change of cases[name]?.fails ?? []) {
      test(`alone complains: ${change.says}`, async () => {
        const { resources, urn } = await applied(change);
        const found = check(resources);
        assert.deepEqual([...new Set(found.map(({ rule }) => rule))], [name], JSON.stringify(found, null, 1));
        const about = resources.find((resource) => resource.urn === found[0]!.urn);
        if (change.about === undefined) assert.equal(found[0]!.urn, urn);
        else assert.ok(about?.name.startsWith(change.about.replace("*", "")), about?.name);
        assert.equal(found[0]!.level, level);
        assert.ok(
          found.some(({ message }) => message.includes(change.says)),
          JSON.stringify(found),
        );
        for (const { todo } of found) assertHelps(todo);
      });
    }
  });
}

/** What is to be done names a setting that there is, or a place in the program that there is. */
function assertHelps(todo: string): void {
  const keys = [...todo.matchAll(/`([a-z]+\.[A-Za-z.<>]+)`/g)].map((match) => match[1]!);
  const places = [...todo.matchAll(/components\/[\w/.-]*\w/g)].map((match) => match[0]);
  assert.ok(keys.length + places.length > 0, `neither a setting nor a place: ${todo}`);
  for (const key of keys) assert.ok(settings.includes(key), `no setting ${key}: ${todo}`);
  for (const place of places) assert.ok(existsSync(join(repository, place)), `no ${place}: ${todo}`);
}
