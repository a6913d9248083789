import type { Resource } from "./resource";
import { at, fieldsOf, isHidden, isSame, listOf, numberOf, stated, textOf } from "./value";

/** What is wrong with a resource, and what to do. */
export interface Complaint {
  /** What is wrong, with the property and its value. */
  readonly message: string;
  /** What to do, with the setting's key where there is one. */
  readonly todo: string;
}

/** What a value must be, and how that is said after "must be". */
export interface Wanted {
  readonly says: string;
  readonly holds: (value: unknown) => boolean;
}

/** Exactly this value. */
export function exactly(wanted: string | number | boolean): Wanted {
  return { says: JSON.stringify(wanted), holds: (value) => isSame(value, wanted) };
}

/** Anything but this value; not set is fine. */
export function not(refused: string | number | boolean): Wanted {
  const says = typeof refused === "boolean" ? String(!refused) : `anything but ${JSON.stringify(refused)}`;
  return { says, holds: (value) => !isSame(value, refused) };
}

/** One of these values. */
export function oneOf(...wanted: readonly string[]): Wanted {
  const says = wanted.map((value) => JSON.stringify(value)).join(" or ");
  return { says, holds: (value) => wanted.some((entry) => isSame(value, entry)) };
}

/** A number of at least so much. */
export function atLeast(least: number): Wanted {
  return { says: `${least} or more`, holds: (value) => (numberOf(value) ?? Number.NEGATIVE_INFINITY) >= least };
}

/** A number of at most so much. */
export function atMost(most: number): Wanted {
  return { says: `${most} or less`, holds: (value) => (numberOf(value) ?? Number.POSITIVE_INFINITY) <= most };
}

/** There at all: not missing, not empty. */
export const given: Wanted = {
  says: "set",
  holds: (value) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
};

/** A text that matches. */
export function like(pattern: RegExp, says: string): Wanted {
  return { says, holds: (value) => typeof value === "string" && pattern.test(value) };
}

/** A look at a resource's inputs. */
export type Look = (inputs: unknown, resource: Resource) => readonly Complaint[];

/** Complains where what stands at a path of a value is known and not what is wanted. */
export function must(inputs: unknown, path: string, wanted: Wanted, todo: string): Complaint[] {
  const value = at(inputs, path);
  if (isHidden(value) || wanted.holds(value)) return [];
  return [{ message: `${stated(path, value)}, and must be ${wanted.says}`, todo }];
}

/** The same as a look. */
export function demand(path: string, wanted: Wanted, todo: string): Look {
  return (inputs) => must(inputs, path, wanted, todo);
}

/** Complains of entries that a list must have and has not. */
export function holdsAll(path: string, wanted: readonly string[], todo: string): Look {
  return (inputs) => {
    const list = at(inputs, path);
    if (isHidden(list) || listOf(list).some(isHidden)) return [];
    const missing = wanted.filter((entry) => !listOf(list).includes(entry));
    return missing.length === 0 ? [] : [{ message: `${stated(path, list)}, without ${missing.join(", ")}`, todo }];
  };
}

/** Days that a database can be restored to in a protected stack. */
export const aWeek = 7;

/** All complaints of several looks. */
export function all(...looks: readonly Look[]): Look {
  return (inputs, resource) => looks.flatMap((look) => look(inputs, resource));
}

/** A look at one file of a ConfigMap. */
export function textOfFile(name: string, look: (text: string, path: string) => readonly Complaint[]): Look {
  return (inputs) => {
    const text = textOf(fieldsOf(at(inputs, "data"))[name]);
    return text === undefined ? [] : look(text, `data[${name}]`);
  };
}
