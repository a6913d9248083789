import { kindOf, type Resource } from "../../engine/resources/resource";
import type { Change, Operation, StackPreview } from "../plan/model";
import { label } from "./label";

/** Beyond these a graph is no picture any more (and GitLab draws none of more than some thousand characters). */
const mostNodes = 60;
const mostEdges = 120;

const marks: Readonly<Record<Operation, string>> = {
  ...{ create: "+", import: "=", update: "~", replace: "±", delete: "−", forget: "−" },
  ...{ refresh: "≠", read: "", same: "" },
};

/** The worst first: what a component's colour is when several things happen in it. */
const order: readonly Operation[] = ["delete", "replace", "forget", "refresh", "update", "import", "create"];

const colours: readonly string[] = [
  "classDef create fill:#d9f2e0,stroke:#2f8147,color:#0b2a14",
  "classDef update fill:#fdf0c8,stroke:#a87b00,color:#332500",
  "classDef replace fill:#fbdcc4,stroke:#bc5a10,color:#3a1a02",
  "classDef delete fill:#fbd5d5,stroke:#c0392b,color:#3d0d08",
  "classDef near fill:#eef1f5,stroke:#8a94a6,color:#2a3240,stroke-dasharray: 4 3",
];

/** The colour of an operation: few colours that everybody tells apart. */
const classOf: Readonly<Record<Operation, string>> = {
  ...{ create: "create", import: "create", update: "update", refresh: "update", replace: "replace" },
  ...{ delete: "delete", forget: "delete", read: "near", same: "near" },
};

/**
 * What changes, as a coloured Mermaid graph: every changed resource in its component, and what depends directly on what.
 * A graph that would be too large for a person or for the forge becomes one of components with their counts.
 *
 * @param limit characters that the graph may have
 * @returns undefined where nothing changes, or where not even the components fit
 */
export function mermaidOfChanges(preview: StackPreview, limit: number): string | undefined {
  const changes = preview.changes.filter(({ operation }) => order.includes(operation));
  if (changes.length === 0) return undefined;
  const whole = graphOfResources(changes);
  if (whole && whole.length <= limit) return whole;
  const coarse = graphOfComponents(changes);
  return coarse && coarse.length <= limit ? coarse : undefined;
}

interface Node {
  readonly id: string;
  readonly text: string;
  readonly colour: string;
  /** The component that it is drawn in; empty for none. */
  readonly group: string;
}

function graphOfResources(changes: readonly Change[]): string | undefined {
  // A component is nothing but the frame around its parts, unless it is all that changes.
  const parts = changes.filter((change) => !isComponent(change));
  const shown = parts.length > 0 ? parts : changes;
  if (shown.length > mostNodes) return undefined;
  const ids = new Map(shown.map(({ urn }, index) => [urn, `r${index}`]));
  const nodes = shown.map((change) => ({
    id: ids.get(change.urn)!,
    text: `${marks[change.operation]} ${label(change.name, 40)}<br/>${label(kindOf(change.type))}`,
    colour: classOf[change.operation],
    group: change.components[0] ?? "",
  }));
  const edges = shown.flatMap((change) =>
    dependenciesOf(change).flatMap((urn) => {
      const from = ids.get(urn);
      return from && from !== ids.get(change.urn) ? [`${from} --> ${ids.get(change.urn)}`] : [];
    }),
  );
  const unique = [...new Set(edges)].sort();
  return unique.length > mostEdges ? undefined : draw(nodes, unique);
}

function graphOfComponents(changes: readonly Change[]): string | undefined {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (isComponent(change)) continue;
    const name = change.components[0] ?? change.name;
    groups.set(name, [...(groups.get(name) ?? []), change]);
  }
  if (groups.size === 0 || groups.size > mostNodes) return undefined;
  const names = [...groups.keys()].sort();
  const ids = new Map(names.map((name, index) => [name, `c${index}`]));
  const groupOf = new Map(changes.map((change) => [change.urn, change.components[0] ?? change.name]));
  const nodes = names.map((name) => {
    const inside = groups.get(name)!;
    const worst = order.find((operation) => inside.some((change) => change.operation === operation))!;
    const counted = order.flatMap((operation) => {
      const count = inside.filter((change) => change.operation === operation).length;
      return count > 0 ? [`${marks[operation]}${count}`] : [];
    });
    return {
      id: ids.get(name)!,
      text: `${label(name, 40)}<br/>${counted.join(" ")}`,
      colour: classOf[worst],
      group: "",
    };
  });
  const edges = changes.flatMap((change) =>
    dependenciesOf(change).flatMap((urn) => {
      const [from, to] = [ids.get(groupOf.get(urn) ?? ""), ids.get(groupOf.get(change.urn)!)];
      return from && to && from !== to ? [`${from} --> ${to}`] : [];
    }),
  );
  const unique = [...new Set(edges)].sort();
  return draw(nodes, unique.length > mostEdges ? [] : unique);
}

function draw(nodes: readonly Node[], edges: readonly string[]): string {
  const groups = [...new Set(nodes.map(({ group }) => group))].sort();
  const used = new Set(nodes.map(({ colour }) => colour));
  return [
    "flowchart LR",
    ...groups.flatMap((group, index) => {
      const inside = nodes.filter((node) => node.group === group).map(nodeText);
      if (group === "") return inside.map((text) => `  ${text}`);
      return [`  subgraph g${index}["${label(group, 40)}"]`, ...inside.map((text) => `    ${text}`), "  end"];
    }),
    ...edges.map((edge) => `  ${edge}`),
    ...groups.flatMap((group, index) =>
      group === "" ? [] : [`  style g${index} fill:#f7f9fc,stroke:#aab6c8,color:#2a3240`],
    ),
    ...colours.filter((line) => used.has(line.split(" ")[1]!)).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function nodeText({ id, text, colour }: Node): string {
  return `${id}["${text}"]:::${colour}`;
}

/** What a resource depends on directly. */
function dependenciesOf({ before, after }: Change): readonly string[] {
  return (after ?? before)?.dependencies ?? [];
}

function isComponent({ before, after }: Change): boolean {
  const resource: Resource | undefined = after ?? before;
  return resource !== undefined && !resource.custom;
}
