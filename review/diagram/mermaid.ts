import { label } from "./label";
import { type Architecture, type Box, internet } from "./model";
import { isWayOut } from "./waysOut";

/**
 * The architecture as a Mermaid flowchart: the cluster as a subgraph, roles by colour. Colours are given with their text
 * so that the graph can be read on a light and on a dark page alike.
 */
export function architectureMermaid({ cluster, boxes, arrows }: Architecture): string {
  const ids = new Map([internet, ...boxes.map(({ id }) => id)].map((id, index) => [id, `n${index}`]));
  const inside = boxes.filter((entry) => entry.inside);
  const outside = boxes.filter((entry) => !entry.inside);
  const once = new Set(boxes.flatMap(({ id, role }) => (role === "once" ? [id] : [])));
  // One line: Mermaid leaves no room for more above the boxes.
  const heading = [cluster.title, ...cluster.pools].map((line) => label(line, 80)).join(" · ");
  const drawn = arrows.flatMap(({ from, to, ports }) => {
    const [start, end] = [ids.get(from), ids.get(to)];
    if (!start || !end) return [];
    // What ends by itself reaches the same servers at the same ports as what runs: its lines need no label.
    if (once.has(from) && !isWayOut(to)) return [`  ${start} -.-> ${end}`];
    return [`  ${start} -->|"${label(ports.join(", "))}"| ${end}`];
  });
  return [
    "flowchart LR",
    `  ${ids.get(internet)}(["Clients"]):::door`,
    ...outside.map((entry) => `  ${node(ids.get(entry.id)!, entry)}`),
    ...(inside.length > 0
      ? [
          `  subgraph cluster["${heading}"]`,
          ...inside.map((entry) => `    ${node(ids.get(entry.id)!, entry)}`),
          "  end",
        ]
      : []),
    ...drawn,
    ...(inside.length > 0 ? ["  style cluster fill:#f7f9fc,stroke:#aab6c8,color:#2a3240"] : []),
    "  classDef door fill:#fff1d6,stroke:#b7791f,color:#3d2a06",
    "  classDef pods fill:#e3ecfb,stroke:#5673a8,color:#14233f",
    "  classDef once fill:#f0f2f6,stroke:#7a8699,color:#222b3a,stroke-dasharray: 4 3",
    "  classDef data fill:#ddf3e3,stroke:#3f8a58,color:#0d2c18",
    "",
  ].join("\n");
}

function node(id: string, { title, details, role }: Box): string {
  const text = [title, ...details]
    .filter(Boolean)
    .map((line) => label(line))
    .join("<br/>");
  const [open, close] = role === "data" ? ["[(", ")]"] : role === "door" ? ["([", "])"] : ["[", "]"];
  return `${id}${open}"${text}"${close}:::${role}`;
}
