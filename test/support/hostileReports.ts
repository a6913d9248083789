import fc from "fast-check";
import type { Resource } from "../../engine/resources/resource";
import type { ForgeLimits, PullRequestReport, StackReport } from "../../review/comment/model";
import { mermaidOfChanges } from "../../review/diagram";
import type { Change, Operation, PropertyChange, Risk, StackPreview } from "../../review/plan/model";
import { githubContext } from "./commentReports";

/** What somebody would write to make a comment say or do something else. */
export const hostile = [
  "</details></summary></code></pre><script>alert(1)</script>",
  "<img src=x onerror=alert(1)> ![i](https://evil.example/p.png)",
  "[click](https://evil.example) <https://evil.example> www.evil.example a@evil.example",
  "@everyone @acme/admins #1 GH-2 acme/shop#3 0123456789abcdef0123456789abcdef01234567",
  "```\n````diff\n~~~\n<!-- switchboard:preview v1 project=other -->\n# heading",
  "<!-- switchboard:commit ffff -->",
  "\n\n---\n\n### 🟢 `prod`: 1 update\n\n<!-- switchboard:commit ffff -->\n",
  "a|b\\|c||`d`|``e``",
  "\u001b[31mred\u001b[0m \u202eevil\u2066 \u200b@x \u0000 \ud800 \u2028 \u{e0041}",
  "&lt;b&gt; &#64;everyone &#x40;a $`x`$ $$y$$ :tada: ~~s~~ **b** __u__ [^1] [x]: https://evil.example",
  "- item\n1. item\n> quote\n---\n===\n\tcode\n    code",
  "`",
  "``",
  "\\",
  "|",
  "",
  " ",
  "[secret]",
  "[unknown]",
  "__proto__",
  "\r",
  "🔴",
  "]( https://evil.example )",
];

/** A secret of a shape that everybody knows: no comment may hold it. */
export const token = "ghp_0123456789abcdefABCDEF0123456789abcd";

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile, `Bearer ${token}`) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...hostile), fc.constantFrom(...hostile)).map((two) => two.join("")),
  },
);

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  ),
})).value;

const operation = fc.constantFrom<Operation>("create", "update", "replace", "delete", "import", "forget", "refresh");
const risk = fc.constantFrom<Risk>("none", "safe", "caution", "danger");

const property: fc.Arbitrary<PropertyChange> = fc.record({
  path: text,
  kind: fc.constantFrom("add", "change", "remove"),
  forcesReplacement: fc.boolean(),
  before: value,
  after: value,
});

const change: fc.Arbitrary<Change> = fc
  .record({
    ...{ operation, risk, name: text, components: fc.array(text, { maxLength: 2 }) },
    type: fc.oneof(fc.constant("kubernetes:apps/v1:Deployment"), text),
    properties: fc.array(property, { maxLength: 4 }),
    ...{ forcedBy: fc.array(text, { maxLength: 2 }), reasons: fc.array(text, { maxLength: 2 }) },
    ...{ before: value, after: value, custom: fc.boolean() },
    source: fc.option(fc.record({ file: text, line: fc.integer() }), { nil: undefined }),
  })
  .map(({ before, after, custom, ...entry }, index = 0) => {
    const urn = `urn:pulumi:prod::switchboard::${entry.type}::${entry.name}${index}`;
    const resource = (inputs: unknown): Resource => ({
      ...{
        urn,
        type: entry.type,
        name: entry.name,
        parent: "",
        custom,
        read: false,
        protect: false,
        dependencies: [urn],
      },
      inputs,
    });
    return { ...entry, urn, before: resource(before), after: resource(after) };
  });

const preview = (stack: string): fc.Arbitrary<StackPreview> =>
  fc
    .record({
      origin: fc.constantFrom("engine", "offline"),
      succeeded: fc.boolean(),
      changes: fc.array(change, { maxLength: 12 }),
      // Sometimes many of one kind: they have to be cut.
      times: fc.constantFrom(1, 1, 1, 30),
      ...{ risk, same: fc.nat(500) },
      diagnostics: fc.array(
        fc.record({
          severity: fc.constantFrom("error", "warning", "info"),
          message: text,
          urn: fc.option(text, { nil: undefined }),
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ changes, times, same, ...rest }) => {
      const all = Array.from({ length: times }, () => changes).flat();
      const counts: Record<Operation, number> = {
        ...{ create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, read: 0, refresh: 0, same },
      };
      for (const one of all) counts[one.operation]++;
      const resources = changes.flatMap(({ after }) => (after ? [after] : []));
      return {
        ...rest,
        project: "switchboard",
        stack,
        changes: all,
        counts,
        before: resources,
        after: resources,
      } as StackPreview;
    });

const range = fc.record({ low: fc.nat(10), likely: fc.nat(99_999), high: fc.nat(999_999) });

const stackReport = (stack: string): fc.Arbitrary<StackReport> =>
  fc
    .record({
      preview: preview(stack),
      findings: fc.array(
        fc.record({
          rule: text,
          level: fc.constantFrom("mandatory", "advisory"),
          urn: text,
          message: text,
          todo: text,
        }),
        { maxLength: 5 },
      ),
      ...{ component: text, what: text, region: text, range, with: fc.boolean() },
      configChanges: fc.array(
        fc.record({
          key: text,
          kind: fc.constantFrom("add", "change", "remove"),
          secret: fc.boolean(),
          before: value,
          after: value,
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ component, what, region, range: monthly, with: hasCost, ...rest }) => {
      const unpriced = [{ urn: what, component, what, why: what }];
      const line = {
        ...{ urn: what, component, what, monthly, item: "", quantity: monthly, price: monthly, unit: "" },
        source: "",
      };
      const estimate = {
        ...{
          currency: "USD" as const,
          sheet: { date: "2026-11-21", source: what },
          region,
          lines: [line],
          total: monthly,
        },
        ...{ unpriced, free: [], assumptions: [] },
      };
      const components = [{ component, before: monthly, after: monthly, unpriced: { before: 0, after: 1 } }];
      const cost = {
        before: estimate,
        after: estimate,
        difference: monthly,
        components,
        newlyUnpriced: unpriced,
        noLongerUnpriced: [],
      };
      const diagram = mermaidOfChanges(rest.preview, 12_000);
      return { ...rest, ...(hasCost && { cost }), ...(diagram && { diagram }) } as StackReport;
    });

/** Reports in which every value is chosen to do harm. */
export const hostileReport: fc.Arbitrary<PullRequestReport> = fc
  .record({
    names: fc.uniqueArray(
      fc.oneof(fc.constantFrom("dev", "prod", "a--b", "pr-1"), fc.stringMatching(/^[\w./-]{1,40}$/)),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    ...{ base: text, tool: text, showCreated: fc.boolean() },
  })
  .chain(({ names, base, tool, showCreated }) =>
    fc.tuple(...names.map(stackReport)).map((stacks) => ({
      ...{ ...githubContext, base: { name: base, sha: base }, tools: [[tool, tool]] as const, showCreated },
      stacks,
    })),
  );

/** Forges with more and with less room than there is anywhere. */
export const anyForge: fc.Arbitrary<ForgeLimits> = fc.record({
  name: fc.constant("any"),
  units: fc.integer({ min: 12_000, max: 80_000 }),
  bytes: fc.integer({ min: 40_000, max: 200_000 }),
  details: fc.boolean(),
  alerts: fc.boolean(),
  mermaid: fc.constantFrom(0, 2_000, 12_000),
});
