// Sources: sdk/go/common/resource/properties.go (SigKey, SecretSig) and plugin/rpc.go (UnknownStringValue).
/** The key by which the engine tells a value that is more than itself, and what it says of a secret. */
export const secretSignature = "4dabf18193072939515e22adb298388d";
export const secretMark = "1b47061264138c4ac30d75fd1eb44270";
/** What the engine sends for a value that is not known until another resource exists. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value as the engine marks a secret. */
export function secretOf(value: string) {
  return { [secretSignature]: secretMark, value };
}
