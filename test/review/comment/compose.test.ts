import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderComment } from "../../../review/comment";
import { compose, mergeComments, mergeSection, type Section, sectionsOf } from "../../../review/comment/compose";
import { commentMarker, isCommentOf, isMarker, parseBegin } from "../../../review/comment/markers";
import { forges } from "../../../review/comment/model";
import { block, type Lines } from "../../../review/comment/parts";
import { fill, shares } from "../../../review/comment/trim";
import { sanitised } from "../../../review/forge/sanitise";
import { reportAbout } from "../../support/commentReports";
import { checkStructure } from "../../support/commentStructure";

const { github } = forges;
const small = { ...github, units: 4_000 };

function section(stack: string, time: string, says: string, mark: Partial<Section["mark"]> = {}): Section {
  return {
    mark: {
      ...{ stack, sha: "a".repeat(40), time, state: "planned", risk: "safe", counts: { update: 1 } },
      ...{ errors: 0, mandatory: 0, advisory: 0, left: {} },
      ...mark,
    },
    parts: [block("keep", says)],
  };
}
const at = (minute: number) => `2026-11-21T07:${String(minute).padStart(2, "0")}:00.000Z`;
const one = (...sections: Section[]) => compose("switchboard", sections, github);
const merge = (body: string, next: Section, options = {}) => mergeSection("switchboard", body, next, github, options);

describe("markers", () => {
  test("a comment is known by its first line, to the letter", () => {
    const body = one(section("dev", at(1), "text"));
    assert.ok(isCommentOf(body, "switchboard"));
    assert.ok(!isCommentOf(body, "switch"));
    assert.ok(!isCommentOf(`x${body}`, "switchboard"));
    assert.ok(!isCommentOf(`> ${commentMarker("switchboard")}`, "switchboard"));
    assert.equal(commentMarker("a --> b"), "<!-- switchboard:preview v1 project=a%20-%2D%3E%20b -->");
  });

  test("what a section says about itself is read back", () => {
    const mark = section("a--b", at(1), "", {
      cost: { difference: -12.5, after: 100, unpriced: 2 },
      run: "https://x.example/?a=b--c",
      left: { safeDiff: 3, rows: 12 },
      counts: { create: 2, delete: 1 },
      mandatory: 1,
    }).mark;
    const [read] = sectionsOf(compose("switchboard", [{ mark, parts: [block("keep", "x")] }], github));
    assert.deepEqual(read!.mark, mark);
  });

  test("every hidden line is known as one, and no other line is", () => {
    const body = renderComment(reportAbout(["postgres-deleted", "nothing-dev"]), github);
    const hidden = body.split("\n").filter((line) => line.startsWith("<!--"));
    assert.ok(hidden.length > 10);
    for (const line of hidden) assert.ok(isMarker(line), line);
    for (const line of ["<!-- hello -->", "<!-- switchboard:stack dev begin -->", " <!-- switchboard:fold -->", "x"]) {
      assert.ok(!isMarker(line), line);
    }
  });

  test("half a section is none, and one within another does not count", () => {
    const body = one(section("dev", at(1), "text"));
    assert.deepEqual(sectionsOf(body.replace(/<!-- switchboard:stack dev end -->/, "")), []);
    assert.equal(parseBegin("<!-- switchboard:stack dev begin sha=a time=b state=best risk=none -->"), undefined);
  });
});

describe("several jobs write one comment", () => {
  test("each replaces its own section and leaves the others", () => {
    const body = one(section("dev", at(1), "dev one"), section("prod", at(1), "prod one"));
    const next = merge(body, section("dev", at(2), "dev two"));
    assert.match(next, /dev two[\s\S]*prod one/);
    assert.doesNotMatch(next, /dev one/);
    assert.match(merge(next, section("eu", at(3), "eu one")), /### 🟢 3 stacks/);
  });

  test("an older run never takes the place of a newer one", () => {
    const newer = one(section("dev", at(5), "newer"));
    assert.equal(merge(newer, section("dev", at(4), "older")), newer);
    assert.match(merge(one(section("dev", at(4), "older")), section("dev", at(5), "newer")), /newer/);
  });

  test("what is of the newest commit stays, even against a later run of an older one", () => {
    const head = section("dev", at(4), "head", { sha: "b".repeat(40) });
    const late = section("dev", at(9), "late run of the old commit");
    assert.match(merge(one(head), late, { head: "b".repeat(40) }), /head/);
    assert.match(merge(one(late), head, { head: "b".repeat(40) }), /head/);
  });

  test("a stack that is touched no more loses its section", () => {
    const body = one(section("dev", at(1), "dev one"), section("prod", at(1), "prod one"));
    assert.doesNotMatch(merge(body, section("dev", at(2), "dev two"), { stacks: ["dev"] }), /prod one/);
  });

  test("a section of an older commit says so in the index", () => {
    const body = one(section("dev", at(1), "old"), section("prod", at(2), "new", { sha: "b".repeat(40) }));
    assert.match(body, /\| `dev` \| 1 update \(of `aaaaaaa`, an older commit\)/);
  });

  test("what is no comment of this project counts for nothing", () => {
    const next = section("dev", at(1), "text");
    assert.equal(merge("somebody's own words", next), one(next));
    assert.equal(mergeComments("switchboard", ["x", one(next)], github), one(next));
  });

  test("with hundreds of stacks the worst ones are shown, and the index says how many there are", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      section(`stack-${index}`, at(1), "x".repeat(900), { risk: index === 399 ? "danger" : "safe" }),
    );
    const body = one(...many);
    assert.ok(body.length <= github.units);
    assert.match(body, /### 🔴 400 stacks: 1 in danger/);
    assert.equal(sectionsOf(body)[0]!.mark.stack, "stack-399");
    assert.match(body, /350 more stacks not shown here/);
  });

  test("a merge cuts anew, so that two large sections fit as well", () => {
    const rows = (stack: string): Section => {
      const lines = Array.from({ length: 60 }, (_, index) => `| ${stack} ${index} | ${"x".repeat(30)} |`);
      const table: Lines = { kind: "rows", head: ["| a | b |", "| - | - |"], lines, tail: [] };
      return { ...section(stack, at(1), ""), parts: [block("keep", "verdict"), table, block("keep", "footer")] };
    };
    const body = mergeSection("switchboard", compose("switchboard", [rows("dev")], small), rows("prod"), small);
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
    const kept = fill([table], 75, github);
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
