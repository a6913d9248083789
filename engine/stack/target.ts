import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Cloud, cloudMaking } from "../../components/clouds";
import { isEncrypted } from "../../components/schema/stackFile";
import { repository } from "../../lib/paths";
import { UserError } from "../../lib/userError";
import { exampleStacks } from "./examples";
import { defaultPorts, type LocalPorts, localContext } from "./localNodes";
import { layersAt, layersIn, parseStackFile } from "./stackFile";
import { stacks } from "./stackNames";

export { stacks };

/** Where a stack goes, as far as the commands of this folder need to know. */
export interface Target {
  readonly stack: string;
  /** Path of Pulumi.<stack>.yaml. */
  readonly stackFile: string;
  /** Whether it goes to the local nodes. */
  readonly local: boolean;
  /** The cloud that the stack makes its cluster in, if it does. */
  readonly cloud?: Cloud;
  /** The context that the stack names, if it names one. */
  readonly context?: string;
  /** Loopback ports of the local nodes: those of the stack's addresses. */
  readonly ports: LocalPorts;
}

/**
 * Reads where a stack goes. Only what decides the target is looked at; the program itself checks the settings.
 * @throws UserError when the name is no stack's, or its file cannot be read
 */
export function readTarget(stack: string): Target {
  if (!/^[\w.-]{1,100}$/.test(stack)) {
    throw new UserError(`${JSON.stringify(stack)} is no name of a stack`, "use letters, digits, - _ and . only");
  }
  const stackFile = join(repository, `Pulumi.${stack}.yaml`);
  if (!existsSync(stackFile)) {
    throw new UserError(
      `there is no stack ${stack}: Pulumi.${stack}.yaml does not exist`,
      `name one of ${stacks().join(", ")}, or make it: npx switchboard new-stack. \`up\` also takes an example: ${exampleStacks().join(", ")}`,
    );
  }
  return { stack, stackFile, ...goalOf(layersAt(stackFile)) };
}

/**
 * A stack of the repository by its name, or a stack's file anywhere by its path.
 * @throws UserError when there is none
 */
export function readTargetAt(named: string): Target {
  if (!named.includes("/") && !named.endsWith(".yaml")) return readTarget(named);
  const stackFile = resolve(named);
  const stack = /^Pulumi\.([\w.-]{1,100})\.yaml$/.exec(basename(stackFile))?.[1];
  if (!stack) throw new UserError(`${named} is not the name of a stack's file`, "call it Pulumi.<stack>.yaml");
  if (!existsSync(stackFile)) throw new UserError(`${stackFile} does not exist`, "name a file that is there");
  return { stack, stackFile, ...goalOf(layersAt(stackFile)) };
}

type Goal = Pick<Target, "local" | "cloud" | "context" | "ports">;

/** Where the settings of a stack file lead, as its text alone says it. */
export function targetOf(text: string, file: string): Goal {
  return goalOf(layersIn(text, file));
}

function goalOf(layers: Readonly<Record<string, unknown>>): Goal {
  const [cluster, edge] = [objectOf(layers.cluster), objectOf(layers.edge)];
  // Where nobody could decrypt it, it may be any cluster.
  const existing = !isEncrypted(layers.cluster) && (cluster.kind === undefined || cluster.kind === "existing");
  const context = typeof cluster.context === "string" ? cluster.context : undefined;
  const local = existing && (context ?? localContext) === localContext;
  // A port that is none is left to the program, which knows every setting.
  const port = (value: unknown, standard: number) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535 ? Number(value) : standard;
  const cloud = cloudMaking(cluster.kind);
  return {
    local,
    ...(cloud && { cloud }),
    ...(context !== undefined && { context }),
    ports: { https: port(edge.httpsPort, defaultPorts.https), http: port(edge.httpPort, defaultPorts.http) },
  };
}

/**
 * The configuration that a stack's file gives: `<project>:<layer>` to a value.
 * @throws UserError when the CLI would not read it
 */
export function configOf(text: string, file: string): Record<string, unknown> {
  return { ...parseStackFile(text, file).config };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
