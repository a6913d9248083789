import { type Architecture, type Box, balancer, internet } from "./model";
import { isWayOut } from "./waysOut";

/** Sizes in SVG units: at 100 % a pixel each. */
export const box = { width: 216, height: 74, gapX: 118, gapY: 26, margin: 28 };
/** Around the boxes of the cluster. */
const padding = 24;

/** A box and where its upper left corner is; without a box the clients. */
export interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly entry: Box | undefined;
}

/** Where everything is. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly placed: ReadonlyMap<string, Placed>;
}

/** Gives every box its place: in columns by how far it is from the world. */
export function layOut(architecture: Architecture): Sheet {
  const columns = layColumns(architecture);
  const tallest = Math.max(...columns.map((column) => column.length));
  const head = headOf(architecture);
  const width = columns.length * (box.width + box.gapX) - box.gapX + 2 * (box.margin + padding);
  const height = tallest * (box.height + box.gapY) - box.gapY + 2 * (box.margin + padding) + head;
  const placed = columns.flatMap((column, index) => placeColumn(column, index, height + head));
  return { width, height, placed: new Map(placed.map((entry) => [entry.id, entry])) };
}

/** The frame around what runs in the cluster; undefined where nothing does. */
export function frameOf({ height, placed }: Sheet) {
  const inside = [...placed.values()].filter(({ entry }) => entry?.inside);
  if (inside.length === 0) return undefined;
  const left = Math.min(...inside.map(({ x }) => x)) - padding;
  const right = Math.max(...inside.map(({ x }) => x)) + box.width + padding;
  const y = box.margin - 12;
  return { x: left, y, width: right - left, height: height - 2 * y };
}

/** Height of the frame's heading and of a line for each pool; a loop above the first box needs some as well. */
function headOf({ cluster }: Architecture): number {
  return 30 + cluster.pools.length * 16;
}

/** Columns: the clients, the balancer, what the world reaches, the apps and jobs, the servers with a disk, what is away. */
function layColumns({ boxes, arrows }: Architecture): (Box | undefined)[][] {
  const asked = new Set(arrows.map(({ to }) => to));
  const isDoor = ({ id }: Box) => id === balancer;
  const entered = arrows.filter(({ from, to }) => from === balancer || (from === internet && to !== balancer));
  const fromWorld = new Set(entered.map(({ to }) => to));
  const isData = ({ role }: Box) => role === "data";
  const isAway = ({ id }: Box) => isWayOut(id);
  const own = boxes.filter((entry) => ![isDoor, isData, isAway].some((is) => is(entry)) && !fromWorld.has(entry.id));
  const behind = own.filter(({ id }) => asked.has(id));
  const alone = own.filter(({ id }) => !asked.has(id));
  return [
    [undefined],
    boxes.filter(isDoor),
    boxes.filter((entry) => fromWorld.has(entry.id)),
    [...behind, ...alone.sort((a, b) => Number(a.role === "once") - Number(b.role === "once"))],
    boxes.filter(isData),
    boxes.filter(isAway),
  ].filter((column) => column.length > 0);
}

function placeColumn(column: readonly (Box | undefined)[], index: number, height: number): Placed[] {
  const own = column.length * (box.height + box.gapY) - box.gapY;
  return column.map((entry, row) => ({
    id: entry?.id ?? internet,
    x: box.margin + index * (box.width + box.gapX) + (index === 0 ? 0 : padding),
    y: Math.round((height - own) / 2) + row * (box.height + box.gapY),
    entry,
  }));
}
