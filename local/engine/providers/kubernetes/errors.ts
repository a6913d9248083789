import type { Resource } from "../provider";
import { ApiError } from "./client";

/** An API server's refusal as a sentence: which object, what is wrong, what to do where that is known. */
export function explain(error: ApiError, { type, name }: Pick<Resource, "type" | "name">): string {
  const kind = type.split(":").at(-1);
  return `${kind} ${name}: ${error.message}${advice(error)}`;
}

function advice({ status, details, message }: ApiError): string {
  const conflicts = (details.causes ?? []).filter(({ message }) => message?.startsWith("conflict with"));
  if (status === 409 && conflicts.length > 0) {
    const fields = conflicts.map(({ field }) => field).join(", ");
    return `; someone else has set ${fields}: undo that, ignore the field (ignoreChanges), or take it with the annotation pulumi.com/patchForce: "true"`;
  }
  if (status === 401) return "; the kubeconfig's credentials are not accepted: renew them";
  if (status === 403 && /forbidden: User/.test(message)) return "; give this user the right, or use another context";
  return "";
}

/** Whether the API server misses the namespace of an object, which a preview may be about to make. */
export function isMissingNamespace(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.details.kind === "namespaces";
}
