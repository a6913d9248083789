import { type Architecture, type Arrow, type Box, internet } from "./architecture";

const box = { width: 216, height: 74, gapX: 118, gapY: 26, margin: 28 };

interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly box: Box | undefined;
}

/**
 * The architecture as a picture: clients at the left, then the edge, then the apps and below them what works without
 * being asked, then the data. It follows the reader's light or dark theme. The same architecture gives the same bytes.
 */
export function architectureSvg(architecture: Architecture): string {
  const columns = layColumns(architecture);
  const tallest = Math.max(...columns.map((column) => column.length));
  const width = columns.length * (box.width + box.gapX) - box.gapX + 2 * box.margin;
  const height = tallest * (box.height + box.gapY) - box.gapY + 2 * box.margin + 20;
  const placed = new Map(
    columns.flatMap((column, index) => placeColumn(column, index, height)).map((entry) => [entry.id, entry]),
  );
  const lines = [...new Set(architecture.arrows.flatMap((arrow) => drawArrow(arrow, placed)))].sort();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What runs in the stack and what connects to what">`,
    style,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>',
    '<rect class="ground" width="100%" height="100%"/>',
    ...lines,
    ...[...placed.values()].map(drawBox),
    "</svg>",
    "",
  ].join("\n");
}

const style = `<style>
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1d2433}
.ground{fill:#fff}.box{fill:#f6f8fc;stroke:#8fa1bf;stroke-width:1.2}.data{fill:#eef7f0;stroke:#7fae8d}.door{fill:#fff5e6;stroke:#d1a45c}
.once{stroke-dasharray:5 4}.name{font-size:15px;font-weight:600}.small{font-size:11.5px;fill:#5a6781}
.line{fill:none;stroke:#8090ad;stroke-width:1.3}.tip{fill:#8090ad}.port{font-size:11px;fill:#5a6781;paint-order:stroke;stroke:#fff;stroke-width:4px}
@media (prefers-color-scheme:dark){text{fill:#e6ebf5}.ground{fill:#0f141d}.box{fill:#1a2230;stroke:#56688a}.data{fill:#16261c;stroke:#4f8763}
.door{fill:#2b2213;stroke:#a3803f}.small,.port{fill:#9fadc7}.port{stroke:#0f141d}.line{stroke:#70819f}.tip{fill:#70819f}}
</style>`;

/** Column of each box: the clients, what the world reaches, the apps and jobs, the servers with a disk. */
function layColumns({ boxes, arrows }: Architecture): (Box | undefined)[][] {
  const asked = new Set(arrows.map(({ to }) => to));
  const fromWorld = new Set(arrows.filter(({ from }) => from === internet).map(({ to }) => to));
  const isData = ({ kind }: Box) => kind === "StatefulSet";
  const behind = (entry: Box) => asked.has(entry.id) && !fromWorld.has(entry.id) && !isData(entry);
  const order = (kind: string) => ["Deployment", "CronJob", "Job"].indexOf(kind);
  const alone = boxes.filter((entry) => !asked.has(entry.id) && !isData(entry));
  return [
    [undefined],
    boxes.filter((entry) => fromWorld.has(entry.id)),
    [...boxes.filter(behind), ...[...alone].sort((a, b) => order(a.kind) - order(b.kind))],
    boxes.filter(isData),
  ].filter((column) => column.length > 0);
}

function placeColumn(column: readonly (Box | undefined)[], index: number, height: number): Placed[] {
  const own = column.length * (box.height + box.gapY) - box.gapY;
  return column.map((entry, row) => ({
    id: entry?.id ?? internet,
    x: box.margin + index * (box.width + box.gapX),
    y: (height - own) / 2 + row * (box.height + box.gapY),
    box: entry,
  }));
}

function drawBox({ x, y, box: entry }: Placed): string {
  const kind = !entry ? "door" : entry.kind === "StatefulSet" ? "data" : "";
  const once = entry?.kind.endsWith("Job") ? "once" : "";
  const name = entry ? `${entry.name} · ${entry.role}` : "Clients";
  const shape = `<rect class="box ${kind} ${once}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="10"/>`;
  const rows = [
    detail(entry),
    entry?.storage ? `volume of ${entry.storage}` : entry?.schedule ? `at ${entry.schedule}` : "",
  ];
  return [
    shape,
    `<text class="name" x="${x + 14}" y="${y + 26}">${escapeText(name)}</text>`,
    ...rows.map((text, row) => `<text class="small" x="${x + 14}" y="${y + 45 + row * 16}">${escapeText(text)}</text>`),
  ].join("");
}

function detail(entry: Box | undefined): string {
  if (!entry) return "browsers, HTTPS and WebSockets";
  if (entry.kind === "Job") return "Job, once for a release";
  if (entry.kind === "CronJob") return "scheduled job";
  return `${entry.replicas} ${entry.replicas === 1 ? "pod" : "pods"}, ${entry.kind}`;
}

function drawArrow({ from, to, ports }: Arrow, placed: ReadonlyMap<string, Placed>): string[] {
  const [start, end] = [placed.get(from), placed.get(to)];
  if (!start || !end) return [];
  const label = ports.join(", ");
  if (start === end) {
    const x = start.x + box.width / 2;
    return [
      `<path class="line" marker-end="url(#tip)" d="M${x - 30} ${start.y} C${x - 30} ${start.y - 26} ${x + 30} ${start.y - 26} ${x + 30} ${start.y - 2}"/>`,
      `<text class="port" x="${x + 36}" y="${start.y - 8}">${label} between the pods</text>`,
    ];
  }
  const [x1, y1, x2, y2] = [start.x + box.width, start.y + box.height / 2, end.x - 2, end.y + box.height / 2];
  const bend = Math.max((x2 - x1) / 2, 30);
  return [
    `<path class="line" marker-end="url(#tip)" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`,
    // At the end of the arrow: everything that comes to a server comes to the same port.
    `<text class="port" text-anchor="end" x="${x2 - 12}" y="${y2 - 8}">${label}</text>`,
  ];
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
