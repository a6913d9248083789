import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../support/plan";
import { sentencesOf, wordsOf } from "../support/sentences";

/** The most that a reader of another mother tongue takes in at once. */
const most = 22;

const documents = [
  "README.md",
  ...readdirSync(join(repository, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe(`no sentence of the documents has more than ${most} words`, () => {
  for (const document of documents)
    test(document, () => {
      const sentences = sentencesOf(readFileSync(join(repository, document), "utf8"));
      assert.ok(sentences.length >= 20, `${sentences.length} sentences`);
      const long = sentences.filter(({ text }) => wordsOf(text) > most);
      assert.deepEqual(
        long.map(({ line, text }) => `${document}:${line}: ${text}`),
        [],
      );
    });
});

test("a sentence is one of a paragraph, a heading, an item or a cell, and not of a block of code", () => {
  const text = [
    "# A heading",
    "",
    "One sentence over",
    "two lines. Another, e.g. with `npx a b. c`!",
    "- an item with [a link](https://example.org/a.b)",
    "  that goes on",
    "1. a second item",
    "",
    "| Head | Cell |",
    "|---|---|",
    "| One. Two | `a \\| b` |",
    "```sh",
    "no sentence. At all.",
    "```",
    "<sub>Small</sub> **bold** words.",
  ].join("\n");
  assert.deepEqual(
    sentencesOf(text).map(({ text: sentence }) => sentence),
    [
      "A heading",
      "One sentence over two lines.",
      "Another, e.g. with `npx_a_b__c`!",
      "an item with a link that goes on",
      "a second item",
      ...["Head", "Cell", "One.", "Two", "`a_\\|_b`"],
      "Small bold words.",
    ],
  );
  assert.equal(wordsOf("One – two, `npx_a` and 3 → four."), 6);
});
