import type { Resource } from "../../engine/resources/resource";
import { architectureOf } from "./architecture";
import { architectureMermaid } from "./mermaid";
import { architectureSvg } from "./svg";

export { architectureOf } from "./architecture";
export { mermaidOfChanges } from "./changes";

/** The architecture of a stack as a Mermaid flowchart. */
export function mermaidOf(resources: readonly Resource[]): string {
  return architectureMermaid(architectureOf(resources));
}

/** The architecture of a stack as an SVG that follows the reader's light or dark theme. */
export function svgOf(
  resources: readonly Resource[],
  title = "What runs in the stack and what connects to what",
): string {
  return architectureSvg(architectureOf(resources), title);
}
