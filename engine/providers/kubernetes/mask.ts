import { isObject, isSecret, type Properties, reveal, type Value } from "../values";

/** Shorter secrets are not masked: they would blank out plain words. */
const shortest = 6;

/**
 * A text with every secret of the inputs masked, in clear and in base64: API errors, warnings and container logs may
 * quote what they were given.
 */
export function masked(text: string, inputs: Properties): string {
  return secretsIn(inputs).reduce((result, value) => result.replaceAll(value, "[secret]"), text);
}

function secretsIn(inputs: Properties): string[] {
  const found = new Set<string>();
  const add = (text: string) => {
    if (text.length >= shortest) found.add(text);
  };
  const collect = (value: Value | undefined, within: boolean): void => {
    if (isSecret(value)) collect(value.value, true);
    else if (Array.isArray(value)) for (const element of value) collect(element, within);
    else if (isObject(value)) for (const member of Object.values(value)) collect(member, within);
    else if (typeof value === "string" && within) {
      add(value);
      add(Buffer.from(value).toString("base64"));
    }
  };
  collect(inputs, false);
  if (inputs.kind === "Secret") {
    collect(inputs.stringData, true);
    collect(inputs.data, true);
    const data = reveal(inputs.data ?? {});
    for (const value of Object.values(isObject(data) ? data : {})) {
      if (typeof value === "string") add(Buffer.from(value, "base64").toString());
    }
  }
  // The longest first: one secret may contain another.
  return [...found].sort((a, b) => b.length - a.length);
}
