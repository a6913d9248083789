import { z } from "zod";
import { mapOf, show } from "../../../schema/fields";
import { loggedValuesProblem } from "../../../schema/values/loggedValues";

/** Parameters that the platform sets, with what to do instead. */
const ownedParameters: Readonly<Record<string, string>> = {
  "rds.force_ssl": ", because passwords and messages would travel in clear; remove it",
  "rds.logical_replication": "; set postgres.blueGreenUpdates",
  max_connections: "; set postgres.maxConnections",
  password_encryption: "; remove it",
  synchronous_commit: ", because a crash would lose acknowledged messages; remove it",
  log_statement: ", because passwords of new log-ins would be in the log; remove it",
};

/** Units of `postgresql.conf` that a parameter group does not know: there a value is a number in the parameter's own unit. */
const withUnit = /^\s*\d+(\.\d+)?\s*(B|kB|MB|GB|TB|us|ms|s|min|h|d)\s*$/;

/** What is wrong with an entry of a parameter group, if anything. */
function parameterProblem(name: string, value: unknown): string | undefined {
  const owned = Object.hasOwn(ownedParameters, name) ? ownedParameters[name] : undefined;
  if (owned !== undefined) return `is set by the platform${owned}`;
  const logged = loggedValuesProblem(name);
  if (logged) return logged;
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name))
    return 'is not a parameter name; use lower-case letters, digits and "_"';
  if (typeof value !== "string") return undefined;
  if (withUnit.test(value))
    return `${show(value)} has a unit; a parameter group takes the number alone, in the unit that pg_settings shows for it`;
  return /[\r\n\0]/.test(value) ? "has a line break in it; give one line" : undefined;
}

/** Entries of a parameter group of RDS, by name. */
export const groupParameters = () =>
  mapOf(
    z.union([z.string(), z.number(), z.boolean()], {
      error: (issue) => `${show(issue.input)} is not a value of a parameter; give text, a number, true or false`,
    }),
    parameterProblem,
  ).prefault({});
