/** A stack's file that the real CLI and this repository both read. */
export interface StackFileCase {
  readonly name: string;
  readonly text: string;
}

const layer = (lines: string) =>
  `config:\n  acme:panel:\n${lines
    .trim()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n")}\n`;

/** Each value below one layer, under a name of its own. */
const values = (...written: readonly string[]) => layer(written.map((text, index) => `v${index}: ${text}`).join("\n"));

/** The kinds of what people write, each once. The project is called `acme` (`project`). */
export const stackFileCases: readonly StackFileCase[] = [
  {
    name: "dates",
    text: values("2026-12-20", "2026-1-2", '"2026-12-20"', "!!str 2026-12-20", "2026-02-30", "2026-13-01"),
  },
  {
    name: "moments",
    text: values(
      ...["2026-12-20T06:00:00Z", "2026-12-20t06:00:00z", "2026-12-20T06:00:00.500Z", "2026-12-20 06:00:00"],
      ...["2026-12-20T6:0:0+02:00", "2026-12-20T06:00:00-05:30", "2026-12-20T06:00", "2026-12-20T24:00:00Z"],
      ...["2026-12-20 06:00:00 +0000 UTC", "12:30:45", "2026-12", "0050-01-01", "2026-12-20 06:00:00,25"],
    ),
  },
  {
    name: "whole numbers",
    text: values(
      "17",
      "+5",
      "-7",
      "0",
      "-0",
      "1_000",
      "1__0_",
      "12345678901234567890",
      "-9223372036854775808",
      "-9223372036854775809",
      "+9223372036854775808",
    ),
  },
  {
    name: "other bases",
    text: values(
      "0x10",
      "-0x10",
      "0X1F",
      "0b11",
      "-0b11",
      "010",
      "0o10",
      "0O17",
      "08",
      "09",
      "0_7",
      "0b12",
      "0xfg",
      "0x1ffffffffffffffff",
    ),
  },
  {
    name: "fractions",
    text: values(
      "7.20",
      "7.",
      ".5",
      "+.5",
      "-0.0",
      "1e3",
      "1E+2",
      "1e-7",
      "1e21",
      "1_0.5",
      "1e400",
      "1.2.3",
      "1e",
      ".e3",
      "1000000.0",
      "123456789.5",
      ".5_0",
    ),
  },
  { name: "no numbers", text: values("_1", "17Gi", "500m", "1:30", "190:20:30", "+", "..", "0x", "1,000") },
  { name: "infinity", text: values(".inf") },
  { name: "no number at all", text: values(".nan") },
  {
    name: "words for yes and no",
    text: values("yes", "no", "on", "off", "y", "N", "true", "True", "TRUE", "tRUE", "false", "False"),
  },
  { name: "nothing", text: values("", "~", "null", "Null", "NULL", "nULL", '""', "''") },
  {
    name: "tags",
    text: values(
      '!!int "17"',
      "!!float 17",
      "!!str yes",
      "! 17",
      "!own 17",
      "!!bool true",
      "!!timestamp 2026-12-20",
      "!!binary aGVsbG8=",
      "!!null ~",
    ),
  },
  { name: "a tag that is not true", text: values("!!int seven") },
  {
    name: "texts",
    text: layer(
      "plain: a b: c\nquoted: \"a\\tb\\u00e9\\x41\"\nsingle: 'it''s'\nhash: a#b # comment\nfolded: a\n  b\n\n  c",
    ).replace("a b: c", "a b :c"),
  },
  { name: "an escape of YAML 1.2", text: values('"a\\/b"') },
  { name: "an escaped backslash before a slash", text: values('"a\\\\/b"') },
  {
    name: "blocks",
    text: layer(
      "literal: |\n  one\n   two\n\n  three\nstripped: |-\n  one\nkept: |+\n  one\n\nfolded: >\n  one\n  two\n\n  three\nindented: |2\n    four",
    ),
  },
  { name: "a private key in a block", text: layer("pem: |\n  -----BEGIN X-----\n  abc=\n  -----END X-----") },
  {
    name: "lists",
    text: layer(
      "flow: [1, yes, 2026-12-20, {a: b}]\nblock:\n- a\n- b: c\n  d: e\n-\n  - deep\nempty: []\nemptyMap: {}",
    ),
  },
  {
    name: "keys that are no texts",
    text: layer("8080: a\n1.0: b\ntrue: c\n2026-12-20: d\n~: e\n0x10: f\n1e6: g\nyes: h"),
  },
  { name: "anchors and aliases", text: layer("a: &x {b: 1, c: 2}\nd: *x\ne: &y 17\nf: [*y, *y]\n*y : g") },
  {
    name: "an anchor of another layer",
    text: "config:\n  acme:panel: &p {replicas: 2, env: {A: b}}\n  acme:chat: *p\n",
  },
  {
    name: "merges",
    text: layer(
      "a: &x {b: 1, c: 2, d: {e: 1}}\nf: &y {c: 3, g: 4}\nh: {<<: *x, c: 9}\ni: {<<: [*x, *y]}\nj: {c: 9, <<: [*y, *x]}\nk: {<<: {z: 1}}\nm: {<<: {8080: x}, n: o}\no: {<<: {8080: x}, 8080: z}",
    ),
  },
  { name: "a merge in quotes", text: layer('a: {"<<": {b: 1, c: 2}, c: 3}') },
  { name: "a merge in quotes of no map", text: layer('a: {"<<": 1}') },
  { name: "a lone dash", text: values("-") },
  {
    name: "a merge of a merge",
    text: layer("a: &a {x: 1}\nb: &b {<<: *a, y: 2, x: 3}\nc: {<<: *b, z: 3}\nd: {y: 9, <<: *b}"),
  },
  { name: "a merge of no map", text: layer("a: &x 17\nb: {<<: *x}") },
  { name: "a key twice", text: layer("a: 1\nb: 2\na: 3") },
  { name: "a layer twice", text: "config:\n  acme:panel: {a: 1}\n  acme:panel: {b: 2}\n" },
  { name: "a key twice, once in quotes", text: layer('a: 1\n"a": 2') },
  { name: "a number and its text as keys", text: layer('0x10: 1\n"16": 2') },
  { name: "an alias without an anchor", text: layer("a: *nobody") },
  { name: "a list as a key", text: layer("? [a, b]\n: c") },
  { name: "an anchor within itself", text: layer("a: &x {b: *x}") },
  { name: "several documents", text: "config:\n  acme:panel: {a: 1}\n---\nconfig:\n  acme:panel: {a: 2}\n---\n[\n" },
  { name: "a document's start and end", text: "%YAML 1.1\n---\nconfig:\n  acme:panel: {a: 1}\n...\n" },
  { name: "a byte-order mark", text: "\uFEFFconfig:\n  acme:panel: {a: 1}\n" },
  { name: "lines of Windows", text: layer("a: 1\nb: |\n  one\n  two\nc: x\n  y").replaceAll("\n", "\r\n") },
  { name: "a tab as indentation", text: "config:\n\tacme:panel: {a: 1}\n" },
  { name: "a control character", text: values("a\u0007b") },
  { name: "an emoji and other scripts", text: values("🦊", "für", "日本", '"\\U0001F98A"') },
  { name: "an empty file", text: "" },
  { name: "only a comment", text: "# nothing\n" },
  { name: "no settings", text: "config:\n" },
  { name: "settings that are a list", text: "config: [a]\n" },
  { name: "a file that is a list", text: "- a\n" },
  { name: "a file that is a number", text: "17\n" },
  { name: "no YAML", text: "config: [\n" },
  { name: "keys without the project's name", text: "config:\n  panel: {a: 1}\n  chat: {b: 2026-12-20}\n" },
  { name: "keys in the old form", text: "config:\n  acme:config:panel: {a: 1}\n" },
  { name: "a key with too many parts", text: "config:\n  acme:a:b: {a: 1}\n" },
  { name: "a number as a key of the settings", text: "config:\n  17: {a: 1}\n" },
  { name: "a key of the program that is a path", text: "config:\n  acme:panel.env.X: v\n" },
  { name: "another project's keys", text: "config:\n  other:panel: {a: 1}\n  aws:region: eu-west-1\n" },
  {
    name: "layers that are no maps",
    text: "config:\n  acme:a: 17\n  acme:b: '17'\n  acme:c: 7.20\n  acme:d:\n  acme:e: 2026-12-20\n  acme:f: '{\"a\": 1}'\n  acme:g: yes\n  acme:h: true\n  acme:i: [1, a]\n  acme:j: 1e21\n  acme:k: -0.0\n  acme:l: '\"text\"'\n",
  },
  { name: "what the project gives where the stack does not", text: "config:\n  acme:given: {own: 1}\n" },
  { name: "maps called secure", text: layer("a: {secure: 17}\nb: {secure: x, y: z}\nc: [{secure: {d: e}}]") },
  { name: "names of JavaScript", text: layer("constructor: 1\ntoString: 2\n__proto__: {a: 1}\nhasOwnProperty: 3") },
  {
    name: "many aliases",
    text: layer(
      `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[..."bcdefg"].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${"abcdef"[index]}`).join(", ")}]`).join("\n")}`,
    ),
  },
];

/** The Pulumi.yaml of all of them. */
export const project = `name: acme
runtime: nodejs
config:
  panel: {type: object, default: {}}
  given: {type: object, default: {replicas: 2, day: 2026-12-20, size: 7.20}}
  valued: {value: [1, two]}
  number: 3
  gcp:project: acme-1
`;
