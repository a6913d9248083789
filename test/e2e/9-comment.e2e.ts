import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { renderComment } from "../../review/comment";
import { situations } from "../support/commentSituations";
import { openBrowser, show } from "../support/renderedComment";

/** Graphs of all sizes and colours, failures, hostile values, and many stacks. */
const shown = [
  "postgres-deleted",
  "everything-labelled",
  "first-up-prod-eks",
  "provider-error",
  "injection",
  "unicode",
  "long-names",
  "three-stacks",
  "offline",
  "gitlab",
];

describe("comments in a browser", () => {
  let browser: Browser;
  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser?.close());

  for (const name of shown) {
    for (const theme of ["light", "dark"] as const) {
      test(`${name} in ${theme}: every diagram becomes a picture, and nothing is wider than the comment`, async () => {
        const { report, forge } = situations().find((one) => one.name === name)!;
        const markdown = renderComment(await report(), forge);
        const page = await browser.newPage({ viewport: { width: 930, height: 700 } });
        const asked: string[] = [];
        page.on("request", (request) => {
          if (!request.url().startsWith("file:")) asked.push(request.url());
        });
        try {
          const { errors, diagrams, pictures } = await show(page, markdown, theme, true);
          assert.deepEqual(errors, []);
          assert.equal(diagrams, markdown.match(/^`{3,}mermaid$/gm)?.length ?? 0);
          assert.equal(pictures, diagrams);
          assert.deepEqual(asked, [], "nothing is loaded from anywhere");
          const wide = await page.evaluate("document.documentElement.scrollWidth");
          assert.ok((wide as number) <= 930, `${wide} pixels`);
        } finally {
          await page.close();
        }
      });
    }
  }
});
