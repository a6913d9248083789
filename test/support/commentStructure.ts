import assert from "node:assert/strict";
import { type DefaultTreeAdapterMap, parseFragment } from "parse5";
import { isMarker } from "../../review/comment/markers";
import { htmlOf } from "./renderedComment";

type Node = DefaultTreeAdapterMap["node"];

/** All that the renderer writes, in HTML and in Markdown. */
const tags = new Set(
  (
    "#document-fragment #text #comment p br h3 hr ul li strong em del code pre a sub " +
    "blockquote details summary table thead tbody tr th td"
  ).split(" "),
);
/** Where forges look for neither mentions nor numbers nor addresses. */
const quiet = new Set(["code", "pre", "a"]);

/** What a forge would make more of than text: people, issues, commits, addresses, emoji, formulas. */
const alive =
  /(?<![\p{L}\p{N}_])@[\p{L}\p{N}]|#\d|\bGH-\d|\b[0-9a-f]{7,40}\b(?<=\d.*)|https?:\/\/|\bwww\.|\w@\w|:[a-z0-9_+-]+:|\$[^\s\d]/iu;

/** What a reader gets to see of a comment. */
export interface Structure {
  readonly links: readonly string[];
  /** Text outside of code. */
  readonly text: string;
  readonly diagrams: readonly string[];
  /** Lines across the page: one between two stacks. */
  readonly rules: number;
}

/**
 * Reads a comment as a forge does and checks that nothing in it is more than the renderer wrote: no other element, no
 * attribute, no link elsewhere, nobody called, every tag and fence closed.
 *
 * @param own where links may lead
 */
export function checkStructure(comment: string, own: readonly string[] = ["https://github.com/acme/shop/"]): Structure {
  const errors: string[] = [];
  const html = htmlOf(comment);
  const tree = parseFragment(html, { sourceCodeLocationInfo: true, onParseError: (error) => errors.push(error.code) });
  assert.deepEqual(errors, [], "the HTML is well formed");
  const links: string[] = [];
  const diagrams: string[] = [];
  let text = "";
  let rules = 0;
  const walk = (node: Node, inQuiet: boolean): void => {
    assert.ok(tags.has(node.nodeName), `<${node.nodeName}> is none of the renderer's`);
    if (node.nodeName === "#comment") {
      const line = `<!--${(node as DefaultTreeAdapterMap["commentNode"]).data}-->`;
      assert.ok(isMarker(line), `${line} is no marker`);
    }
    if (node.nodeName === "#text") {
      const { value } = node as DefaultTreeAdapterMap["textNode"];
      if (inQuiet) return;
      const [found] = alive.exec(value) ?? [];
      assert.equal(found, undefined, `${JSON.stringify(found)} in ${JSON.stringify(value.slice(0, 200))}`);
      text += value;
      return;
    }
    if (node.nodeName === "hr") rules++;
    if (!("childNodes" in node)) return;
    const attributes = "attrs" in node ? node.attrs : [];
    for (const { name, value } of attributes) {
      if (node.nodeName === "a" && name === "href") links.push(value);
      else if (node.nodeName === "code" && name === "class") assert.match(value, /^language-(diff|yaml|text|mermaid)$/);
      else if (node.nodeName === "blockquote" && name === "class")
        assert.match(value, /^alert (caution|warning|note)$/);
      else if (node.nodeName === "p" && name === "class") assert.equal(value, "title");
      else if (["th", "td"].includes(node.nodeName) && name === "align") assert.equal(value, "right");
      else assert.fail(`<${node.nodeName} ${name}="${value}">`);
    }
    if (node.nodeName === "details") {
      const first = node.childNodes.find(({ nodeName }) => nodeName !== "#text");
      assert.equal(first?.nodeName, "summary", "a fold begins with its summary");
      assert.ok((node as DefaultTreeAdapterMap["element"]).sourceCodeLocation?.endTag, "a fold is closed");
    }
    if (node.nodeName === "code" && attributes[0]?.value === "language-mermaid") {
      diagrams.push(node.childNodes.map((child) => ("value" in child ? child.value : "")).join(""));
    }
    for (const child of node.childNodes) walk(child, inQuiet || quiet.has(node.nodeName));
  };
  walk(tree, false);
  for (const link of links)
    assert.ok(
      own.some((prefix) => link.startsWith(prefix)),
      `a link to ${link}`,
    );
  return { links, text, diagrams, rules };
}
