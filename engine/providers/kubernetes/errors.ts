import { type Resource, ResourceError } from "../provider";
import type { Properties } from "../values";
import { ApiError, type KubeObject } from "./client";
import { idOf } from "./discovery";
import { masked } from "./mask";

/** Runs an operation with the API server's refusals as sentences that name the object. */
export async function explained<T>(resource: Resource, inputs: Properties, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof ApiError) throw new ResourceError(masked(explain(error, resource), inputs));
    throw error;
  }
}

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

/** A patch of an object that is not there. */
export function nothingToPatch(object: KubeObject): ResourceError {
  return new ResourceError(
    `${object.kind} ${idOf(object)}: it is not there, and a patch makes none; see what should have made it`,
  );
}

/** An object whose name is taken. */
export function alreadyExists(object: KubeObject, isBeingReplaced: boolean): ResourceError {
  const subject = `${object.kind} ${idOf(object)}`;
  return new ResourceError(
    isBeingReplaced
      ? `${subject}: the object that it replaces still has this name; set the resource option deleteBeforeReplace`
      : `${subject}: it exists already, and another owner created it; ` +
          "delete it, choose another name, or omit metadata.name to get a generated one",
  );
}
