import { secretKey } from "./recorder";

/** A recorded value without what its secrets hold: each is `[secret]`. */
export function clearSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clearSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return secretKey;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clearSecrets(entry)]));
}
