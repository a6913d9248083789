import { whole } from "../../schema/fields";

/** The number of a server of a stack, in any setting that names one. */
export const serverNumber = () => whole(1, 1000);

/** What is wrong with two servers of one number, said of `postgres.beside.server`; undefined where they differ. */
export function sameNumber(server: number, beside: { readonly server: number } | undefined): string | undefined {
  if (beside?.server !== server) return undefined;
  return `is ${server}, as postgres.server; give the second one another number, e.g. ${server + 1}`;
}
