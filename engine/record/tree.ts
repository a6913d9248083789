import { stringify } from "yaml";
import { painter, wrapLine } from "../../lib/text";
import { clearSecrets } from "./masked";
import type { Plan, Registration } from "./plan";

export { painter, wrapLine };

/** How a plan is shown. */
export interface TreeStyle {
  /** Columns that a line may take. */
  readonly width: number;
  /** Columns that a line with a value may take; it may have no end where a program reads it. */
  readonly valueWidth: number;
  readonly colours: boolean;
  /** Whether the inputs of each resource are shown too. */
  readonly properties: boolean;
}

interface Node {
  readonly name: string;
  readonly type: string;
  readonly custom: boolean;
  readonly marks: readonly string[];
  readonly properties: unknown;
  readonly children: Node[];
  readonly order: number;
}

/** A plan as a tree of its components and what is in them, in the order in which the program makes them. */
export function treeOf(plan: Plan, style: TreeStyle): string[] {
  const paint = painter(style.colours);
  const roots = rootsOf(plan);
  // Types stand in one column, unless a name is so long that they would leave the page.
  const widest = Math.min(Math.floor(style.width * 0.55), longest(roots, 0) + 2);
  const lines: string[] = [];
  const draw = (nodes: readonly Node[], indent: string): void => {
    nodes.forEach((node, index) => {
      const last = index === nodes.length - 1;
      const branch = indent + (last ? "└─ " : "├─ ");
      const below = indent + (last ? "   " : "│  ");
      const within = below + (node.children.length > 0 ? "│  " : "   ");
      lines.push(...headline(node, branch, within));
      if (style.properties && node.custom) lines.push(...properties(node, within));
      draw(node.children, below);
    });
  };
  draw(roots, "");
  return lines;

  function headline({ name, type, custom, marks }: Node, branch: string, within: string): string[] {
    const shownName = custom ? name : paint("bold", name);
    const pad = " ".repeat(Math.max(2, widest - branch.length - name.length));
    const shownMarks = marks.map((mark) => paint("yellow", mark)).join(" ");
    const tail = marks.length > 0 ? `  ${shownMarks}` : "";
    const length =
      branch.length + name.length + pad.length + type.length + (marks.length > 0 ? marks.join(" ").length + 2 : 0);
    if (length <= style.width) return [`${paint("dim", branch)}${shownName}${pad}${paint("dim", type)}${tail}`];
    return [`${paint("dim", branch)}${shownName}${tail}`, `${paint("dim", within)}${paint("dim", type)}`];
  }

  function properties({ properties }: Node, within: string): string[] {
    const text = stringify(properties, { lineWidth: 0, sortMapEntries: true });
    const room = Math.max(20, style.valueWidth - within.length - 2);
    return text
      .trimEnd()
      .split("\n")
      .flatMap((line) => wrapLine(line, room))
      .map((line) => paint("dim", `${within}  ${line}`));
  }
}

/** Columns of the longest name with what stands before it. */
function longest(nodes: readonly Node[], depth: number): number {
  return Math.max(
    0,
    ...nodes.map(({ name, children }) => Math.max(3 * (depth + 1) + name.length, longest(children, depth + 1))),
  );
}

function rootsOf(plan: Plan): Node[] {
  const nodes = new Map<string, Node>();
  const parents = new Map<string, string>();
  for (const registration of plan.registrations) {
    nodes.set(registration.urn, nodeOf(registration));
    parents.set(registration.urn, registration.parent);
  }
  for (const { urn, type, name, parent, id } of plan.reads) {
    const properties = { id };
    nodes.set(urn, { name, type: shortType(type), custom: true, marks: ["read"], properties, children: [], order: 0 });
    parents.set(urn, parent);
  }
  const roots: Node[] = [];
  for (const [urn, node] of nodes) (nodes.get(parents.get(urn) ?? "")?.children ?? roots).push(node);
  // The layers in the order of the program; within one by name, because there it depends on who answers first.
  for (const { children } of nodes.values())
    children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.order - b.order));
  return roots.sort((a, b) => a.order - b.order);
}

function nodeOf({ name, type, custom, protect, retainOnDelete, inputs, ignoreChanges, order }: Registration): Node {
  const marks = [...(protect ? ["protected"] : []), ...(retainOnDelete ? ["kept on delete"] : [])];
  const ignored = ignoreChanges.length > 0 ? { "(changes ignored)": ignoreChanges } : {};
  const properties = { ...ignored, ...(clearSecrets(inputs) as object) };
  return { name, type: shortType(type), custom, marks, properties, children: [], order };
}

/** `gcp:container/cluster:Cluster` as the Pulumi CLI shows it: `gcp:container:Cluster`. */
export function shortType(type: string): string {
  const [owner = "", module = "", name] = type.split(":");
  if (owner === "kubernetes" || name === undefined) return type;
  return `${owner}:${module.split("/")[0]}:${name}`;
}
