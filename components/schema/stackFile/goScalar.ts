import { type GoTime, parseGoTime } from "./goTime";

/** What yaml.v3, the YAML library of the Pulumi CLI, makes of a scalar. */
export type GoValue = string | number | bigint | boolean | null | GoTime;

/** The text cannot be of the type that its tag names. */
export class TagError extends Error {}

const words: ReadonlyMap<string, GoValue> = new Map<string, GoValue>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

type Short = "!!null" | "!!bool" | "!!str" | "!!int" | "!!float" | "!!timestamp";
const resolvable: readonly string[] = ["!!null", "!!bool", "!!str", "!!int", "!!float", "!!timestamp"];

/**
 * Resolves a scalar as yaml.v3 does (`resolve` in its resolve.go): YAML 1.2 words, 1.1 numbers and dates.
 *
 * @param tag its explicit tag in the short form, `!!int`; undefined for none
 * @param plain whether it is without quotes
 * @throws TagError where it is not what its tag says
 */
export function resolveScalar(text: string, tag: string | undefined, plain: boolean): GoValue {
  if (tag === undefined && !plain) return text;
  if (tag === "!!binary") return Buffer.from(text, "base64").toString("utf8");
  if (tag === "!!str" || (tag !== undefined && !resolvable.includes(tag))) return text;
  const value = resolved(text, tag === undefined || tag === "!!timestamp");
  if (tag === undefined) return value;
  const kind = kindOf(value);
  if (kind === tag) return value;
  // Go makes a fraction of signed whole numbers alone.
  if (tag === "!!float" && typeof value === "bigint" && value < 2n ** 63n) return Number(value);
  throw new TagError(`cannot decode ${kind} \`${text}\` as a ${tag}`);
}

function kindOf(value: GoValue): Short {
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "bigint") return "!!int";
  if (typeof value === "number") return "!!float";
  return typeof value === "string" ? "!!str" : "!!timestamp";
}

function resolved(text: string, dates: boolean): GoValue {
  // Only these first characters are looked at by yaml.v3.
  if (text !== "" && !/^[-+0-9yYnNtTfFoO~.]/.test(text)) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  // Go's ParseFloat takes underscores between digits.
  if (text.startsWith(".")) return float(text.replace(/(?<=\d)_(?=\d)/g, "")) ?? text;
  if (!/^[-+0-9]/.test(text)) return text;
  const time = dates ? parseGoTime(text) : undefined;
  if (time) return time;
  const digits = text.replaceAll("_", "");
  return integer(digits) ?? float(digits) ?? text;
}

/** Go's `ParseInt` and `ParseUint` with base 0, and no number outside 64 bits. */
function integer(text: string): bigint | undefined {
  const [, sign = "", magnitude = ""] =
    /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9]\d*)$/.exec(text) ?? [];
  if (!magnitude) return undefined;
  const value = BigInt(magnitude.replace(/^0(?=\d)/, "0o").toLowerCase());
  if (sign === "-") return value <= 2n ** 63n ? -value : undefined;
  // A number with a plus is never read as an unsigned one.
  return value < (sign === "+" ? 2n ** 63n : 2n ** 64n) ? value : undefined;
}

function float(text: string): number | undefined {
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Go's `strconv.FormatFloat(x, 'g', -1, 64)`. */
export function goFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  if (Object.is(value, -0)) return "-0";
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  // JavaScript writes these without an exponent, as Go does.
  if (value === 0 || (exponent >= -4 && exponent < 6)) return String(value);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
