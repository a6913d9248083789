import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderComment } from "../../../review/comment";
import { compose, type Section } from "../../../review/comment/compose";
import {
  commentMarker,
  commitMarker,
  commitOf,
  isCommentOf,
  isMarker,
  saysNothing,
} from "../../../review/comment/markers";
import { forges } from "../../../review/comment/model";
import { block, type Lines } from "../../../review/comment/parts";
import { fill, shares } from "../../../review/comment/trim";
import { sanitised } from "../../../review/forge/sanitise";
import { reportAbout } from "../../support/commentReports";
import { checkStructure } from "../../support/commentStructure";

const { github } = forges;
const small = { ...github, units: 4_000 };

const subject = { project: "switchboard", commit: { sha: "a".repeat(40) } };

function section(stack: string, says: string, summary: Partial<Section["summary"]> = {}): Section {
  return {
    summary: {
      ...{ stack, state: "planned", risk: "safe", counts: { update: 1 } },
      ...{ errors: 0, mandatory: 0, advisory: 0, left: {} },
      ...summary,
    },
    parts: [block("keep", says)],
  };
}
const one = (...sections: Section[]) => compose(subject, sections, github);

describe("markers", () => {
  test("a comment is known by its first line, to the letter", () => {
    const body = one(section("dev", "text"));
    assert.ok(isCommentOf(body, "switchboard"));
    assert.ok(!isCommentOf(body, "switch"));
    assert.ok(!isCommentOf(`x${body}`, "switchboard"));
    assert.ok(!isCommentOf(`> ${commentMarker("switchboard")}`, "switchboard"));
    assert.equal(commentMarker("a --> b"), "<!-- switchboard:preview v1 project=a%20-%2D%3E%20b -->");
  });

  test("the second line says which commit it is about", () => {
    assert.equal(commitOf(one(section("dev", "text"))), subject.commit.sha);
    for (const sha of ["a--b", "x --> y"]) assert.equal(commitOf(`first\r\n${commitMarker(sha)}\r\nthird`), sha);
    assert.equal(commitOf(`${commitMarker("a")}\nsecond`), undefined);
  });

  test("every hidden line is known as one, and no other line is", () => {
    const body = renderComment(reportAbout(["postgres-deleted", "nothing-dev"]), github);
    const hidden = body.split("\n").filter((line) => line.startsWith("<!--"));
    assert.equal(hidden.length, 2);
    for (const line of hidden) assert.ok(isMarker(line), line);
    for (const line of ["<!-- hello -->", "<!-- switchboard:commit -->", " <!-- switchboard:commit a -->", "x"]) {
      assert.ok(!isMarker(line), line);
    }
  });

  test("a comment of no stack says nothing", () => {
    assert.ok(saysNothing(one()));
    assert.ok(!saysNothing(one(section("dev", "text"))));
  });
});

describe("several stacks in one comment", () => {
  test("each has its section, the worst first", () => {
    const body = one(section("dev", "dev one"), section("prod", "prod one", { risk: "danger" }));
    assert.match(body, /### 🔴 2 stacks: 1 in danger[\s\S]*prod one\n\n---\n\n[\s\S]*dev one/);
  });

  test("with hundreds of stacks the worst ones are shown, and the index says how many there are", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      section(`stack-${index}`, "x".repeat(900), { risk: index === 399 ? "danger" : "safe" }),
    );
    const body = one(...many);
    assert.ok(body.length <= github.units);
    assert.match(body, /### 🔴 400 stacks: 1 in danger/);
    assert.match(body, /shown here\.\n\n### 🔴 `stack-399`/);
    assert.match(body, /350 more stacks not shown here/);
  });

  test("two large sections share the room", () => {
    const rows = (stack: string): Section => {
      const lines = Array.from({ length: 60 }, (_, index) => `| ${stack} ${index} | ${"x".repeat(30)} |`);
      const table: Lines = { kind: "rows", head: ["| a | b |", "| - | - |"], lines, tail: [] };
      return { ...section(stack, ""), parts: [block("keep", "verdict"), table, block("keep", "footer")] };
    };
    const body = compose(subject, [rows("dev"), rows("prod")], small);
    assert.ok(body.length <= small.units);
    for (const stack of ["dev", "prod"]) assert.match(body, new RegExp(`\\| ${stack} 0 \\|`));
    assert.equal([...body.matchAll(/Left out for want of room: (\d+) rows/g)].length, 2);
  });
});

describe("cutting by meaning", () => {
  const lines = (kind: "rows" | "attention", texts: string[]): Lines => ({
    kind,
    head: ["head"],
    lines: texts,
    tail: [],
  });

  test("safe differences go first, then the others, the graph, rows; what needs attention and the verdict stay", () => {
    const long = "x".repeat(300);
    const parts = [
      block("keep", "verdict"),
      lines("attention", [`- ${long}`]),
      lines("rows", [`| ${long}`]),
      block("diff", long),
      block("safeDiff", long),
      block("diagram", long),
    ];
    // In the order in which they go while the room gets less.
    const gone: string[] = [];
    for (let budget = 3_000; budget >= 0; budget -= 20) {
      for (const kind of Object.keys(fill(parts, budget, github).left)) if (!gone.includes(kind)) gone.push(kind);
    }
    assert.deepEqual(gone, ["safeDiff", "diff", "diagram", "rows", "attention"]);
    assert.deepEqual(fill(parts, 0, github).parts, [parts[0]]);
  });

  test("rows in danger stay longest, and rows stay in their order", () => {
    const table = lines("rows", ["| 🟢 one |", "| 🔴 two |", "| 🟠 three |", "| 🟢 four |"]);
    const kept = fill([table], 35, github);
    assert.deepEqual((kept.parts[0] as Lines).lines, ["| 🔴 two |", "| 🟠 three |"]);
    assert.deepEqual(kept.left, { rows: 2 });
  });

  test("texts are made only while there is room", () => {
    let made = 0;
    const parts = Array.from({ length: 500 }, () => block("safeDiff", () => `${++made} ${"x".repeat(500)}`));
    fill(parts, 10_000, github);
    assert.ok(made < 30, `${made}`);
  });

  test("room is shared: small ones keep what they have, large ones get as much as each other", () => {
    assert.deepEqual(shares([100, 5_000, 9_000], 6_100), [100, 3_000, 3_000]);
    assert.deepEqual(shares([10, 20], 100), [10, 20]);
    assert.deepEqual(shares([], 100), []);
  });
});

describe("a gate that a label opens", () => {
  const told = (changes: string[], allowing?: string) =>
    renderComment({ ...reportAbout(changes), ...(allowing && { allowing }) }, github);

  test("is told of where something is in danger, with the commit that the label is for", () => {
    const body = told(["postgres-deleted", "nothing-dev"], "allow-destroy");
    const [line, ...more] = body.split("\n").filter((one) => one.includes("Merging is held up"));
    assert.deepEqual(more, [], "once");
    const { sha } = reportAbout(["postgres-deleted"]).commit;
    assert.match(
      line!,
      new RegExp(`give the label \`allow-destroy\`.* for \`${sha.slice(0, 7)}\` alone.*the next push makes it void`),
    );
    checkStructure(body, ["https://github.com/acme/shop/"]);
    const unchanged = sanitised(body, { keeps: isMarker, links: ["https://github.com/acme/shop/"] });
    assert.ok(unchanged.includes(line!), "what another job posts says the same");
  });

  test("is not told of where there is none, or nothing in danger", () => {
    assert.doesNotMatch(told(["postgres-deleted"]), /held up/);
    assert.doesNotMatch(told(["nothing-dev"], "allow-destroy"), /held up/);
  });
});
