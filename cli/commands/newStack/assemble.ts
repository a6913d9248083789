import { answered, type Given, type Known } from "../../../components/clouds/shared/newStack";
import { type Change, removed } from "../../../components/schema/change";
import { withChanges } from "../../../engine/stack/changedFile";
import { kindOf } from "./kinds";

/** What the answers change in the base. Nothing is changed by what is not answered yet. */
export function changesOf(given: Given, known: Known): Change[] {
  const { where, name, size = "small" } = given;
  const kind = kindOf(given);
  return [
    ...answered([
      ["operations.name", name],
      ["operations.stage", name],
    ]),
    ...(where ? kind.changes(given, known) : []),
    ...answered([
      ["edge.panel.host", given.panelHost],
      ["edge.chat.host", given.chatHost],
      ["panel.firstAdministrator", given.admin],
    ]),
    ...certificateChanges(given),
    ...(where ? kind.sizes[size as "small" | "production"] : []),
  ];
}

function certificateChanges(given: Given): Change[] {
  const { certificate: kind, admin, directory = "staging", dnsZone, certificateFile, keyFile } = given;
  const changes: Change[] = [];
  if (kind === "selfSigned") changes.push(["edge.certificate", { kind, validityDays: 90 }]);
  if (kind === "acme") {
    const challenge = dnsZone === undefined || dnsZone === "none" ? "http01" : "dns01";
    changes.push(["edge.certificate", { kind, email: admin, directory, challenge }]);
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
 */
export function assemble(base: string, title: string, changes: readonly Change[]): string {
  return `${title}\n${withChanges(base.replace(/^(#.*\n)+/, ""), changes)}`;
}
