import { z } from "zod";
import type { SettingsContext } from "../../../schema/context";
import { Problem, show, text } from "../../../schema/fields";

/** Predefined roles, and those that a project or an organization has made. */
const roleForm = /^(roles|projects\/[a-z0-9-]+\/roles|organizations\/\d+\/roles)\/[A-Za-z0-9_.]+$/;

/** A role that an app may have on the project. @throws Problem */
function parseRole(value: string): string {
  const example = 'e.g. "roles/pubsub.publisher"';
  if (/^roles\/(owner|editor|viewer)$/.test(value))
    throw new Problem(
      `${show(value)} is about everything in the project; name the roles that the app needs, ${example}`,
    );
  if (roleForm.test(value)) return value;
  throw new Problem(
    `${show(value)} is not a role; use ${example}, or one of your own as "projects/<project>/roles/<name>"`,
  );
}

/** The e-mail of a service account that a project has made. @throws Problem, also for an account of Google's own */
function parseAccount(value: string): string {
  const todo = 'use e.g. "mailer@acme-prod.iam.gserviceaccount.com" (gcloud iam service-accounts list)';
  if (/^[a-z]([a-z0-9-]{4,28}[a-z0-9])@[a-z][a-z0-9-]{4,28}[a-z0-9]\.iam\.gserviceaccount\.com$/.test(value))
    return value;
  if (/@(developer|appspot)\.gserviceaccount\.com$/.test(value))
    throw new Problem(`${show(value)} is the default account of a project, which is often its editor; ${todo}`);
  throw new Problem(`${show(value)} is not the e-mail of a service account; ${todo}`);
}

/** A service account of Google Cloud, as an app is one. */
export const googleServiceAccount = (_context: SettingsContext) =>
  z
    .strictObject({
      kind: z
        .literal("googleServiceAccount")
        .describe(
          "`googleServiceAccount`: on GKE, a service account of Google Cloud that the app's pods act as, by Workload Identity",
        ),
      roles: z.array(text(parseRole)).prefault([]).describe("roles on the project of the cluster that it gets"),
      account: text(parseAccount)
        .optional()
        .describe(
          "e-mail of an account that somebody else keeps, with all its rights and its binding; default: the program makes one",
        ),
    })
    .superRefine(({ roles, account }, context) => {
      for (const [index, role] of roles.entries())
        if (roles.indexOf(role) < index)
          context.addIssue({
            code: "custom",
            path: ["roles", index],
            message: `${show(role)} is there twice; keep one`,
          });
      if (account !== undefined && roles.length > 0)
        context.addIssue({
          code: "custom",
          path: ["roles"],
          message: `is there together with account, whose rights somebody else keeps; remove roles and have ${account} given them, or remove account`,
        });
    });
