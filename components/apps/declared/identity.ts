import type { z } from "zod";
import type { AppIdentity } from "../../contracts";
import type { SettingsContext } from "../../schema/context";
import { oneOfKinds } from "../../schema/fields";
import type { Schema } from "../../schema/sealed";
import { type OpenedApp, openingsOf } from "./openings";

/** The kinds of identity that clouds bring, by their words. */
export type IdentityKinds = Readonly<Record<string, Schema>>;

/** What an app is in the cloud: of which kind is the cloud's to say. */
export function identity(kinds: IdentityKinds, context: SettingsContext, given: unknown) {
  return oneOfKinds(kinds, context, given) as z.ZodType<AppIdentity>;
}

/** The last word of the name of an app's service account. */
const accountWord = "identity";

/** The service account that all pods of an app with an identity run as. */
export function identityAccount(app: string): string {
  return `${app}-${accountWord}`;
}

/** What the checks of an app's identity read. */
interface IdentifiedApp {
  readonly identity?: AppIdentity | undefined;
  readonly buckets: Readonly<Record<string, unknown>>;
  readonly processes: Readonly<Record<string, unknown>>;
  readonly schedules: Readonly<Record<string, unknown>>;
}

/** Whether an app is somebody in the cloud. */
export function hasIdentity({ identity, buckets }: Pick<IdentifiedApp, "identity" | "buckets">): boolean {
  return identity !== undefined || Object.keys(buckets).length > 0;
}

/** The names of an app's parts that its service account has already. */
export function accountProblems(app: IdentifiedApp): { path: string[]; message: string }[] {
  if (!hasIdentity(app)) return [];
  return (["processes", "schedules"] as const).flatMap((group) =>
    Object.hasOwn(app[group], accountWord)
      ? [
          {
            path: [group, accountWord],
            message: "is the name of the service account of an app with an identity or buckets; use another name",
          },
        ]
      : [],
  );
}

/** Whether no pod of an app reaches anything outside of the platform, the cloud's interfaces among it. */
export function isShutIn(app: OpenedApp): boolean {
  return openingsOf(app).every(({ egress }) => egress.length === 0);
}
