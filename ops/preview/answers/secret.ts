/** A value as the engine marks a secret. */
export function secretOf(value: string) {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}
