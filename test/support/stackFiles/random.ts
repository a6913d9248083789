import fc from "fast-check";

const characters = (from: string) => fc.constantFrom(...from);

/** What looks like a number, a date or a word, and often is none. */
const almost = fc.oneof(
  fc.string({ unit: characters("0123456789+-._eExXobT:Z~nyNaifl"), minLength: 1, maxLength: 12 }),
  fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map((date) => date.join("-")),
  fc
    .date({ noInvalidDate: true, min: new Date("1000-01-01"), max: new Date("3000-01-01") })
    .map((date) => date.toISOString()),
  fc.constantFrom("0001-01-01", "9999-12-31", "2026-12-20T06:00:00+14:00", "2026-12-20 1:2:3.4"),
  fc.double({ noNaN: true }).map(String),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.constantFrom("yes", "on", "~", "null", "true", "False", ".inf", "0o17", "0x1F", "017", "1_0", "<<", "=", "secure"),
);

/** A plain scalar that YAML can hold in a flow collection. */
const plain = almost.filter((text) => !/^[-?:](\s|$)|^[-.]{3}|:$|:\s|^:|^~.|\s#/.test(text) && text.trim() === text);
// A text of several lines that begins with an empty one loses that one when the CLI writes it into a list.
const words = fc
  .string({ unit: characters("abc ,:#-'\"\\{}[]&*!|>%@\n\tüß🦊0."), maxLength: 14 })
  .filter((text) => !/^\s[\s\S]*\n|^\n/.test(text));
const quoted = fc.oneof(almost, words).map((text) => JSON.stringify(text));
const single = fc
  .oneof(
    almost,
    words.filter((text) => !/[\n\t]/.test(text)),
  )
  .map((text) => `'${text.replaceAll("'", "''")}'`);
const tagged = fc
  .tuple(fc.constantFrom("!!str", "!!int", "!!float", "!own", "!!bool", "!"), plain)
  .map((parts) => parts.join(" "));
const scalar = fc.oneof({ weight: 6, arbitrary: plain }, quoted, single, { weight: 1, arbitrary: tagged });

const key = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: characters("abcXYZ_"), minLength: 1, maxLength: 4 }) },
  { weight: 2, arbitrary: plain.filter((text) => text !== "<<") },
  fc.constantFrom("'a'", '"b"', "<<"),
);

const { flow } = fc.letrec<{ flow: string }>((tie) => ({
  flow: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: scalar },
    fc.array(tie("flow"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .array(fc.tuple(key, tie("flow")), { maxLength: 4 })
      .map((entries) => `{${entries.map(([name, value]) => `${name} : ${value}`).join(", ")}}`),
    fc.constantFrom("*m", "*s", "{<<: *m, a: 9}", "{<<: [*m, *n], b: 9}", "{b: 9, <<: *n}"),
  ),
}));

const block = fc
  .tuple(
    fc.constantFrom("|", ">", "|-", ">+", "|2"),
    fc.array(
      fc.string({ unit: characters("ab :#-'\""), maxLength: 6 }).map((line) => `x${line}`),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([style, lines]) => `${style}\n${lines.map((line) => `      ${line}`).join("\n")}`);

/** A stack's file: anchors, and a layer of values of every kind. */
export const someStackFile: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: flow }, block), { minLength: 1, maxLength: 8 }),
    fc.constantFrom("\n", "\r\n"),
  )
  .map(([values, newline]) => {
    const lines = values.map((value, index) => `    v${index}: ${value}`);
    const anchors = "  acme:anchors: {m: &m {a: 1, 8080: x, c: {d: e}}, n: &n {a: 2, b: 3}, s: &s 2026-12-20}";
    return ["config:", anchors, "  acme:panel:", ...lines, ""].join("\n").replaceAll("\n", newline);
  });
