import { type Node, parseDocument, visit } from "yaml";
import { type Change, removed } from "../../components/schema/change";
import { projectName } from "./project";

/** The text of a stack's file with other values; comments and the order of its keys stay. */
export function withChanges(text: string, changes: readonly Change[]): string {
  const document = parseDocument(text);
  for (const [path, value] of changes) {
    const [layer = "", ...rest] = path.split(".");
    const full = ["config", `${projectName()}:${layer}`, ...rest];
    const plain = typeof value !== "object" || value === null;
    if (value === removed) document.deleteIn(full);
    else document.setIn(full, quoted(document.createNode(value, plain ? {} : { flow: true })));
  }
  // The committed stacks are written so; a test proves that nothing but values changes.
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Pulumi reads a time without quotes as a time, and writes it in another form. */
function quoted(node: Node): Node {
  visit(node, {
    Scalar(_key, scalar) {
      if (typeof scalar.value === "string" && /^\d{4}-\d\d?-\d\d?/.test(scalar.value)) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return node;
}
