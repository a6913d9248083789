import { z } from "zod";
import type { SettingsContext } from "./context";

// Each schema is used once, which compiling it would not pay for.
z.config({ jitless: true });

/** What is wrong with one value and what to do; thrown by the parsers of single values, never seen by a user as it is. */
export class Problem extends Error {
  /** The key below the value at hand that the message is about. */
  readonly key?: string;

  constructor(message: string, key?: string) {
    super(message);
    this.key = key;
  }
}

/** A value as an error names it: quoted when it is text, shortened when it is long. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/** A whole number between two bounds; `unit` and `advice` complete the error, e.g. ` seconds` and `2 or more in production`. */
export function whole(min: number, max: number, unit = "", advice = "") {
  const allowed = `use a whole number from ${min} to ${max}${unit}${advice ? ` (${advice})` : ""}`;
  const error = (issue: { input?: unknown }) => {
    const value = issue.input;
    if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) {
      return `${show(value)} is text; write the number without quotes: ${value}`;
    }
    if (typeof value !== "number") return `${show(value)} is not a number; ${allowed}`;
    if (!Number.isInteger(value)) return `${value} is not a whole number; ${allowed}`;
    return `${value} is too ${value < min ? "small" : "large"}; ${allowed}`;
  };
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** Yes or no. */
export function flag() {
  return z.boolean({
    error: (issue) => `${show(issue.input)} is not true or false; write true or false without quotes`,
  });
}

/** One of a few words. */
export function choice<const W extends readonly [string, ...string[]]>(words: W) {
  return z.enum(words);
}

/** Text that `parse` turns into the value the program uses; `parse` throws a `Problem`. */
export function text<T = string>(parse: (text: string) => T = (value) => value as T) {
  return z.string().transform((value, context): T => attempt(() => parse(value), context) ?? z.NEVER);
}

/** What `parse` has to say against a value, if anything. */
export function problemOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** Runs `parse`; a `Problem` becomes an issue of the value at hand. */
export function attempt<T>(parse: () => T, context: z.RefinementCtx): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    context.addIssue({ code: "custom", path: error.key ? [error.key] : [], message: error.message });
    return undefined;
  }
}

/**
 * A map whose names are the user's own. `problem` says what is wrong with an entry, if anything; it is asked about every
 * entry, also when the value of another one (or its own, then of any type) does not fit.
 */
export function mapOf<V extends z.ZodType>(values: V, problem: (name: string, value: unknown) => string | undefined) {
  return z.record(z.string(), values).superRefine(
    (given, context) => {
      for (const [name, value] of Object.entries(given)) {
        const message = problem(name, value);
        if (message) context.addIssue({ code: "custom", path: [name], message });
      }
    },
    { when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value) },
  );
}

/** A kind's schema: an object whose `kind` is the word that chooses it, made for the stack at hand. */
type KindSchema = (context: SettingsContext) => z.ZodType;

/** The kinds' values: one of them, told apart by `kind`. */
export type OneOf<Kinds extends Record<string, KindSchema>> = {
  [Kind in keyof Kinds]: z.output<ReturnType<Kinds[Kind]>>;
}[keyof Kinds];

/**
 * The settings of a layer that comes in kinds: `kind` chooses the entry of the registry, the entry's schema owns the
 * other keys. A further kind is one more entry.
 *
 * @param given what a stack says, where that is known: the schema is then the one of its kind, and no other is loaded
 */
export function oneOfKinds<Kinds extends Record<string, KindSchema>>(
  kinds: Kinds,
  context: SettingsContext,
  given?: unknown,
) {
  const chosen = kindOf(given);
  const all = chosen !== undefined && Object.hasOwn(kinds, chosen) ? [kinds[chosen]!] : Object.values(kinds);
  const options = all.map((schema) => schema(context)) as unknown as [z.ZodObject, ...z.ZodObject[]];
  return z.discriminatedUnion("kind", options) as unknown as z.ZodType<OneOf<Kinds>>;
}

function kindOf(given: unknown): string | undefined {
  const kind = typeof given === "object" && given !== null && "kind" in given ? given.kind : undefined;
  return typeof kind === "string" ? kind : undefined;
}
