import { box, frameOf, layOut, type Placed, type Sheet } from "./layout";
import type { Architecture, Arrow, Box } from "./model";

/**
 * The architecture as a picture: clients at the left, then the load balancer and the edge, then the apps and below them
 * what works without being asked, then the data; the cluster is a frame. It follows the reader's light or dark theme. The
 * same architecture gives the same bytes.
 *
 * @param title what the picture shows, for those who cannot see it
 */
export function architectureSvg(architecture: Architecture, title: string): string {
  const sheet = layOut(architecture);
  const { width, height, placed } = sheet;
  const lines = [...new Set(architecture.arrows.flatMap((arrow) => drawArrow(arrow, placed)))].sort();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">`,
    style,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>',
    '<rect class="ground" width="100%" height="100%"/>',
    ...drawFrame(architecture, sheet),
    ...lines,
    ...[...placed.values()].map(drawBox),
    "</svg>",
    "",
  ].join("\n");
}

const style = `<style>
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1d2433}
.ground{fill:#fff}.frame{fill:#fafbfd;stroke:#c4cede;stroke-width:1.2}.box{fill:#f1f5fc;stroke:#8fa1bf;stroke-width:1.2}.data{fill:#eef7f0;stroke:#7fae8d}
.door{fill:#fff5e6;stroke:#d1a45c}.once{stroke-dasharray:5 4}.name{font-size:15px;font-weight:600}.small{font-size:11.5px;fill:#5a6781}.head{font-weight:600;fill:#46536b}
.line{fill:none;stroke:#8090ad;stroke-width:1.3}.tip{fill:#8090ad}.port{font-size:11px;fill:#5a6781;paint-order:stroke;stroke:#fafbfd;stroke-width:4px}
@media (prefers-color-scheme:dark){text{fill:#e6ebf5}.ground{fill:#0f141d}.frame{fill:#131a25;stroke:#35435c}.box{fill:#1a2230;stroke:#56688a}.data{fill:#16261c;stroke:#4f8763}
.door{fill:#2b2213;stroke:#a3803f}.small,.port{fill:#9fadc7}.head{fill:#b7c3da}.port{stroke:#131a25}.line{stroke:#70819f}.tip{fill:#70819f}}
</style>`;

function drawFrame(architecture: Architecture, sheet: Sheet): string[] {
  const frame = frameOf(sheet);
  if (!frame) return [];
  const { x, y, width, height } = frame;
  const { title, pools } = architecture.cluster;
  const rows = pools.map(
    (text, row) => `<text class="small" x="${x + 16}" y="${y + 40 + row * 16}">${escapeText(text)}</text>`,
  );
  return [
    `<rect class="frame" x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>`,
    `<text class="head" x="${x + 16}" y="${y + 22}">${escapeText(title)}</text>`,
    ...rows,
  ];
}

function drawBox({ x, y, entry }: Placed): string {
  const { title, details, role } = entry ?? clients;
  const shape = `<rect class="box ${role}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="10"/>`;
  const row = (name: "name" | "small", text: string, down: number) =>
    `<text class="${name}" x="${x + inset}" y="${y + down}"${fitting(name, text)}>${escapeText(shortened(name, text))}</text>`;
  return [shape, row("name", title, 26), ...details.map((text, index) => row("small", text, 45 + index * 16))].join("");
}

/** Between the side of a box and its texts. */
const inset = 14;
const innerWidth = box.width - 2 * inset;
/** Width of a character in the widest of the usual fonts (DejaVu Sans, measured in Chromium), in pixels. */
const characterWidth = { name: 8.9, small: 6.3 } as const;

/** Sets the width of a text that a wide font would draw over the side of its box. */
function fitting(name: keyof typeof characterWidth, text: string): string {
  const width = shortened(name, text).length * characterWidth[name];
  return width > innerWidth ? ` textLength="${innerWidth}" lengthAdjust="spacingAndGlyphs"` : "";
}

/** No text is drawn narrower than three quarters of its width; what is longer ends in an ellipsis. */
function shortened(name: keyof typeof characterWidth, text: string): string {
  const most = Math.floor(innerWidth / 0.75 / characterWidth[name]);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

const clients: Pick<Box, "title" | "details" | "role"> = {
  ...{ title: "Clients", details: ["browsers, HTTPS and WebSockets"], role: "door" },
};

function drawArrow({ from, to, ports }: Arrow, placed: ReadonlyMap<string, Placed>): string[] {
  const [start, end] = [placed.get(from), placed.get(to)];
  if (!start || !end) return [];
  const label = ports.join(", ");
  if (start === end) {
    const x = start.x + box.width / 2;
    return [
      `<path class="line" marker-end="url(#tip)" d="M${x - 30} ${start.y} C${x - 30} ${start.y - 26} ${x + 30} ${start.y - 26} ${x + 30} ${start.y - 2}"/>`,
      `<text class="port" text-anchor="end" x="${x - 36}" y="${start.y - 8}">between the pods ${label}</text>`,
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

/** Text for an element or an attribute: no markup, and nothing that turns or hides what is written. */
function escapeText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
