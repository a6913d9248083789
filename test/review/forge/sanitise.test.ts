import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { parseFragment } from "parse5";
import { isMarker } from "../../../review/comment/markers";
import { sanitised } from "../../../review/forge/sanitise";
import { repository } from "../../support/plan";

const own = "https://github.com/acme/shop/";
const marker = "<!-- ours:v1 -->";
const clean = (text: string) => sanitised(text, { keeps: (line) => line === marker, links: [own] });

/** Every element and attribute of what a forge would make of it. */
function elements(markdown: string): { name: string; attributes: Record<string, string> }[] {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const walk = (node: any) => {
    if (node.tagName) {
      const attributes = Object.fromEntries(node.attrs.map(({ name, value }: any) => [name, value]));
      found.push({ name: node.tagName, attributes });
    }
    if (node.nodeName === "#comment") found.push({ name: "#comment", attributes: { data: node.data } });
    for (const child of [...(node.childNodes ?? []), ...(node.content?.childNodes ?? [])]) walk(child);
  };
  walk(parseFragment(html));
  return found;
}

const attacks = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "<a href='https://evil.example/'>approve</a>",
  "![beacon](https://evil.example/x.png)",
  "![beacon][1]\n\n[1]: https://evil.example/x.png",
  "[click](https://evil.example/)",
  "[click](//evil.example/)",
  "[click](javascript:alert(1))",
  "[click]( <https://evil.example> )",
  "<https://evil.example/>",
  "<mailto:ceo@evil.example>",
  "https://evil.example www.evil.example",
  `[click](${own}../../evil)`,
  `${own}%2e%2e/evil`,
  "xhttps://github.com/acme/shop/../../evil",
  "https://github.com/acme/shop.evil/",
  "<!-- hidden -->",
  "<!-- hidden\nfor many lines -->",
  "<?php ?>",
  "<![CDATA[x]]>",
  "`unclosed <b onclick=x>",
  "```\nfence\n```\n<iframe src=//evil.example>",
];

test("nothing of an attack is left that a forge would make something of", () => {
  for (const attack of attacks) {
    for (const { name, attributes } of elements(clean(attack))) {
      assert.ok(["p", "pre", "code", "details", "b"].includes(name), `${attack}: ${name}`);
      assert.deepEqual(attributes, {}, attack);
    }
  }
});

test("nobody is called and no issue is mentioned", () => {
  assert.doesNotMatch(clean("@acme/admins \\@ada fixes #12 acme/shop#3 GH-4"), /@\w|#\d|GH-\d/);
  assert.doesNotMatch(clean("&#64;ada &#x0040;ada &commat;ada &#35;1 &num;1"), /&(#|commat|num)/);
  assert.doesNotMatch(clean("`<code>`&#64;ada`</code>`\n\\<code>&#64;ada</code>"), /&#/);
});

test("links into the own repository stay, and so does what the renderer writes", () => {
  const body = [
    marker,
    "### prod: 1 replace",
    "",
    "> [!CAUTION]",
    `> **Replaces** \`postgres\` ([index.ts:42](${own}blob/abc/index.ts#L42))`,
    "",
    "| op | resource |\n| --- | --- |\n| + | `a<b>c` |",
    "<details><summary>What changes</summary>",
    "",
    "```diff\n- a: 1\n+ a: 2\n```",
    "</details>",
    "<details><summary>update <code>a&#64;b&#35;1</code></summary>",
    "</details>",
    `<sub>[run](${own}actions/runs/1)</sub>`,
    "",
  ].join("\n");
  assert.equal(clean(body), body);
});

test("every golden comment looks the same afterwards, and graphs are the same to the letter", () => {
  const folder = join(repository, "test/golden/comments");
  const goldens = readdirSync(folder).filter((name) => name.endsWith(".md"));
  assert.ok(goldens.length >= 20, String(goldens.length));
  for (const name of goldens) {
    const text = readFileSync(join(folder, name), "utf8");
    const [, link = own] = /\]\((https?:\/\/[^/)]+\/[^/)]+\/[^/)]+\/)/.exec(text) ?? [];
    const safe = sanitised(text, { keeps: isMarker, links: [link] });
    assert.equal(safe.replaceAll("\u200b", ""), text, name);
    const graphs = (body: string) => [...body.matchAll(/^```mermaid\n[\s\S]*?^```$/gm)].map(([graph]) => graph);
    assert.deepEqual(graphs(safe), graphs(text), name);
    const links = (body: string) => body.split(`](${link}`).length;
    assert.equal(links(safe), links(text), name);
  }
});

test("a marker is kept as a whole line only", () => {
  assert.equal(clean(marker), marker);
  assert.notEqual(clean(`x ${marker}`), `x ${marker}`);
});

test("whatever is in it, no element with an attribute and no hidden comment comes out, and twice is once", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...attacks,
      "\n",
      "\n\n",
      "```",
      "`",
      "[",
      "](",
      ")",
      "!",
      "<",
      ">",
      "<!--",
      "-->",
      "://",
      "@",
      "|",
      own,
    ),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = clean(pieces.join(""));
      assert.equal(clean(once), once);
      for (const { name, attributes } of elements(once)) {
        assert.notEqual(name, "#comment");
        assert.ok(!["script", "iframe", "img", "svg", "style", "form", "object"].includes(name), name);
        for (const [key, value] of Object.entries(attributes)) {
          const fine =
            (key === "href" && (value.startsWith(own) || value.startsWith("#user-content-"))) ||
            [
              "align",
              "class",
              "start",
              "id",
              "type",
              "checked",
              "disabled",
              "data-footnote-ref",
              "data-footnote-backref",
              "aria-describedby",
              "aria-label",
              "open",
            ].includes(key);
          assert.ok(fine, `${name} ${key}=${value}`);
        }
      }
    }),
    { numRuns: 400 },
  );
});
