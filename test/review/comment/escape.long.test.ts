import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { code, fence, htmlCode, link, prose, short } from "../../../review/comment/escape";
import { checkStructure } from "../../support/commentStructure";
import { hostile } from "../../support/hostileReports";

test("no text does anything, wherever it is put", () => {
  const any = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 40 }), fc.string());
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 3 }), (texts) => {
      const text = texts.join(" ");
      const page = [
        `- ${prose(text)} and ${code(text)}`,
        `**${code(text)}** ${prose(text)}`,
        `| a | b |\n| - | - |\n| ${code(text)} | ${prose(text)} |\n| last | row |`,
        `<details>\n<summary>${htmlCode(text)}</summary>\n\n${fence("diff", text)}\n\n</details>`,
        `${link(code(text), `https://github.com/acme/shop/${encodeURIComponent(text.replace(/\p{Cs}/gu, ""))}`)} end`,
      ].join("\n\n");
      const { links } = checkStructure(page);
      assert.equal(links.length, 1);
      assert.ok(short(text, 20).length <= 40);
    }),
    { numRuns: 400 },
  );
});
