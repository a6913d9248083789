/** Whether a value that nobody has checked has keys. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that nobody has checked as a map; one that is no map has no keys. */
export function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

/** Whether a stack gives a layer: Pulumi.yaml gives every one that it leaves out an empty map. */
export function isGiven(layer: unknown): boolean {
  return typeof layer === "object" && layer !== null && Object.keys(layer).length > 0;
}
