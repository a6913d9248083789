import assert from "node:assert/strict";
import { test } from "node:test";
import { image } from "../../../../components/schema/values/image";
import { repository } from "../../../support/plan";
import { parse } from "../../settings/stack";

const context = { root: repository } as Parameters<typeof image>[0];
const given = { repository: "prod.example/panel", source: "apps/panel" };

function problems(more: object): string[] {
  const { error } = image(context, "an image").safeParse({ ...given, ...more });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

test("an image may be copied from another registry, and be for named processors", () => {
  assert.deepEqual(problems({ copyFrom: "dev.example/panel" }), []);
  assert.deepEqual(problems({ copyFrom: "dev.example:5000/team/panel", platforms: ["arm64"] }), []);
  const { data } = image(context, "an image").safeParse({ ...given, copyFrom: "dev.example/panel" });
  assert.deepEqual(Object.keys(data!).sort(), ["reference", "repository", "source"]);
});

test("a place to copy from that is none says what to write", () => {
  const rows: Record<string, RegExp> = {
    "dev.example/panel:1": /copyFrom: "dev\.example\/panel:1" has a tag; leave it out/,
    [`dev.example/panel@sha256:${"0".repeat(64)}`]: /has a tag; leave it out/,
    "prod.example/panel": /is the same as repository; remove copyFrom/,
    "localhost/panel": /names no registry/,
    "dev.example/Panel": /copyFrom: .*has upper-case letters/,
    "dev.example/panel/": /copyFrom: .*is not an image name/,
  };
  for (const [copyFrom, sentence] of Object.entries(rows))
    assert.match(problems({ copyFrom }).join(), sentence, copyFrom);
});

test("processors have the names that Kubernetes gives them", () => {
  const said = (platforms: string[]) => {
    try {
      parse((raw) => {
        raw.panel.image = { ...given, platforms };
      });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.match(said(["x86_64"]), /panel\.image\.platforms\[0\]: "x86_64" is not supported; use one of amd64, arm64/);
  assert.match(said([]), /panel\.image\.platforms: names no processor; use amd64, arm64 or both/);
  assert.equal(said(["arm64"]), "");
});
