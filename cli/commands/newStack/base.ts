import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Pair, parseDocument, type Scalar, visit, type YAMLMap } from "yaml";
import type { Given } from "../../../components/clouds/shared/newStack";
import { exampleFile } from "../../../engine/stack/examples";
import { projectName } from "../../../engine/stack/project";
import { kindOf } from "./kinds";
import { portOf } from "./ownApps";
import { leftOut, startOf } from "./starts";

/** The text that a stack is made from: the committed stack of its kind, with the apps of the starting point. */
export function baseText(given: Given, root: string): string {
  const committed = readFileSync(join(root, `Pulumi.${kindOf(given).base}.yaml`), "utf8");
  if (!startOf(given)) return committed;
  const document = parseDocument(committed);
  const config = document.get("config") as YAMLMap;
  for (const path of leftOut(given)) remove(config, path);
  const edge = config.items.findIndex((pair) => nameOf(pair) === "edge");
  config.items.splice(edge, 0, appsOf(given));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const key = (layer: string) => `${projectName()}:${layer}`;
const nameOf = ({ key: name }: Pair) => String((name as Scalar).value).split(":")[1];

/** Removes a path; what its first line says of the next one too goes to that. */
function remove(config: YAMLMap, path: string): void {
  const [layer, ...rest] = path.split(".");
  if (rest.length > 0) {
    config.deleteIn([key(layer!), ...rest]);
    return;
  }
  const at = config.items.findIndex((pair) => nameOf(pair) === layer);
  const [gone, next] = [config.items[at], config.items[at + 1]];
  if (!gone) return;
  const about = (gone.key as Scalar).commentBefore;
  // Postgres and Redis stand below one comment.
  if (about && layer === "postgres" && next && nameOf(next) === "redis") (next.key as Scalar).commentBefore = about;
  config.items.splice(at, 1);
}

/** The apps of the example, as its file has them. */
function appsOf(given: Given): Pair {
  const { example, name = "STACK" } = given;
  const document = parseDocument(readFileSync(exampleFile(example!), "utf8"));
  const config = document.get("config") as YAMLMap;
  const pair = config.items.find((one) => nameOf(one) === "apps")!;
  const apps = pair.value as YAMLMap;
  for (const app of startOf(given)!.apps) {
    const port = portOf(app, given);
    if (port === undefined) continue;
    // What stands beside the app, or starts it, names its port.
    const old = new RegExp(`(?<=(127\\.0\\.0\\.1|0\\.0\\.0\\.0|localhost):)${app.port}\\b`, "g");
    visit(apps.get(app.name) as YAMLMap, {
      Scalar(_key, node) {
        if (typeof node.value === "string") node.value = node.value.replace(old, String(port));
      },
    });
  }
  const first = String((apps.items[0]!.key as Scalar).value);
  const label = pair.key as Scalar;
  label.value = key("apps");
  label.commentBefore = [
    " Your app; edit here next: command, probe, resources, env. docs/apps.md has all keys; docs/your-app.md shows the way.",
    ` Before the first up choose the app's name (${first}): another one later makes everything of the app anew.`,
    ` A secret variable: npx switchboard pulumi ${name} config set --secret --path '${key("apps")}.${first}.secretEnv.NAME'`,
  ].join("\n");
  return pair;
}
