import { answered, type Given, type Known } from "../../../components/clouds/shared/newStack";
import { type Change, removed } from "../../../components/schema/change";
import { withChanges } from "../../../engine/stack/changedFile";
import { kindOf } from "./kinds";
import { appChanges, proxyChanges } from "./ownApps";
import { concerns } from "./starts";

/** What the answers change in the base. Nothing is changed by what is not answered yet. */
export function changesOf(given: Given, known: Known): Change[] {
  const { where, name, size = "small" } = given;
  const kind = kindOf(given);
  const isThere = concerns(given);
  // The stacks of the clouds are made from those of production, whose images have digests.
  const pinned = where !== undefined && (size === "production" || kind.base !== "dev");
  return [
    ...answered([
      ["operations.name", name],
      ["operations.stage", name],
    ]),
    ...(where ? kind.changes(given, known) : []),
    ...certificateChanges(given),
    ...(where ? [...(kind.sizes[size as "small" | "production"] ?? []), ...appChanges(given)] : []),
    ...(pinned ? proxyChanges(given, known.images.edge) : []),
  ].filter(([path]) => isThere(path));
}

function certificateChanges(given: Given): Change[] {
  const {
    certificate: kind,
    admin,
    acmeEmail = admin,
    directory = "staging",
    dnsZone,
    certificateFile,
    keyFile,
  } = given;
  const changes: Change[] = [];
  if (kind === "selfSigned") changes.push(["edge.certificate", { kind, validityDays: 90 }]);
  if (kind === "acme") {
    const challenge = dnsZone === undefined || dnsZone === "none" ? "http01" : "dns01";
    changes.push(["edge.certificate", { kind, email: acmeEmail, directory, challenge }]);
  }
  if (kind === "provided" && (certificateFile || keyFile)) {
    const files = { certificate: { file: certificateFile ?? "" }, key: { file: keyFile ?? "" } };
    changes.push(["edge.certificate", { kind, ...files }]);
  }
  // What browsers are told not to forgive must be right for good.
  if (kind && !(kind === "acme" && directory === "production")) changes.push(["edge.hsts", removed]);
  return changes;
}

/**
 * The text of a stack's file: the base with these changes; comments and the order of its keys stay.
 *
 * @param base text of the committed stack
 * @param title the first comment line, in place of the base's first comment
 * @param end the last comment line, if any
 */
export function assemble(base: string, title: string, changes: readonly Change[], end = ""): string {
  return `${title}\n${withChanges(base.replace(/^(#.*\n)+/, ""), changes)}${end && `${end}\n`}`;
}
