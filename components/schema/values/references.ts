/** `$(NAME)`, where Kubernetes puts in another variable of the container; `$$(NAME)` is the text itself. */
const reference = /(?<!\$)((?:\$\$)*)\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g;

/** The variables that a value refers to. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].map(([, , name]) => name!);
}

/** A value without its references. */
export function withoutReferences(value: string): string {
  return value.replace(reference, "$1");
}
