import { z } from "zod";
import { proposal } from "../../schema/nearest";
import { email, words } from "../../schema/values/words";

/** The account that an app makes by itself. */
export const firstLogin = () =>
  z
    .strictObject({
      email: email().describe("e-mail address of the account that the app makes by itself"),
      password: words().describe("its password, by its name in `generated`"),
    })
    .optional()
    .describe("the first log-in, which the stack's output `firstLogins` shows to who may see secrets; default: none");

/** What is wrong with the first log-in of an app. */
export function firstLoginProblems({
  firstLogin,
  generated,
}: {
  readonly firstLogin?: { readonly password: string } | undefined;
  readonly generated: Readonly<Record<string, unknown>>;
}): { path: string[]; message: string }[] {
  if (!firstLogin || Object.hasOwn(generated, firstLogin.password)) return [];
  const names = Object.keys(generated);
  // Not the value: it may be the password itself.
  const todo = names.length === 0 ? "add it there" : proposal(firstLogin.password, names);
  return [{ path: ["firstLogin", "password"], message: `is not the name of one of generated; ${todo}` }];
}
