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

/** How sentences begin that are still too long, by document. One that is mended is taken out here. */
const stillLong: Readonly<Record<string, readonly string[]>> = {
  // Made from `cli/commands/preview`.
  "docs/commands.md": ["Without --live it shows a stack that does not exist", "With --live the Pulumi CLI compares"],
  // Made from `review/policies`.
  "docs/policies.md": [
    "Numbers of CIS benchmarks are those of",
    "An image has a version; in a protected stack",
    "In a protected stack what holds data, and what",
  ],
  // Made from the settings in `components/clouds`.
  "docs/settings.md": [
    "addresses that answer for names and are no pod's",
    "where the versions of Kubernetes come from",
    "networks that may reach the API server by its address",
    "how nodes are exchanged:",
    "what runs on it: `system`",
    "`STANDARD` raises a version by itself",
    "services of AWS that are reached inside the network",
    "versions of add-ons by name; one that is not named",
    "with `authProxy`: refuse every other way in",
    "make changes of version, size and parameters on a copy",
  ],
};

describe(`no sentence of the documents has more than ${most} words`, () => {
  for (const document of documents)
    test(document, () => {
      const sentences = sentencesOf(readFileSync(join(repository, document), "utf8"));
      assert.ok(sentences.length >= 20, `${sentences.length} sentences`);
      const long = sentences.filter(({ text }) => wordsOf(text) > most);
      const known = stillLong[document] ?? [];
      const isKnown = (text: string) => known.some((beginning) => text.startsWith(beginning));
      assert.deepEqual(
        long.filter(({ text }) => !isKnown(text)).map(({ line, text }) => `${document}:${line}: ${text}`),
        [],
      );
      const mended = known.filter((beginning) => !long.some(({ text }) => text.startsWith(beginning)));
      assert.deepEqual(mended, [], "these are short now: take them out of the list");
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
