/**
 * The same resources as public programs write them: one file that imports every provider package at its root.
 * Constructors get their inputs as `any`, which spares the compiler work that such a program would give it.
 */
import type { Registered } from "./monitor";

/** Names of the packages as such programs import them. */
const packageNames: Record<string, string> = { kubernetes: "k8s" };

/**
 * Text of a program that registers these resources, without parents or dependencies.
 *
 * @param further packages that are imported too, as for other stacks of the same program
 */
export function rootImportProgram(resources: readonly Registered[], further: readonly string[] = []): string {
  const made = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  const owners = made.map(packageOf).filter((name) => name !== undefined);
  const packages = [...new Set([...owners, ...further])].sort();
  return [
    'import * as pulumi from "@pulumi/pulumi";',
    ...packages.map((name) => `import * as ${packageNames[name] ?? name} from "@pulumi/${name}";`),
    "",
    // An import that nothing uses is dropped by the compiler.
    ...further.map((name) => `void ${packageNames[name] ?? name};`),
    ...made.map(statementOf),
    "",
  ].join("\n");
}

/** The package of a resource; none for a component, which belongs to the program. */
function packageOf({ type, custom }: Registered): string | undefined {
  if (!custom) return undefined;
  return type.startsWith("pulumi:providers:") ? type.split(":")[2] : type.split(":")[0];
}

function statementOf(resource: Registered): string {
  const name = JSON.stringify(resource.name);
  if (!resource.custom) return `new pulumi.ComponentResource(${JSON.stringify(resource.type)}, ${name});`;
  return `new ${classOf(resource)}(${name}, ${JSON.stringify(resource.inputs)} as any);`;
}

/** `gcp:container/cluster:Cluster` is `gcp.container.Cluster`, `kubernetes:apps/v1:Deployment` is `k8s.apps.v1.Deployment`. */
function classOf(resource: Registered): string {
  const owner = packageOf(resource)!;
  const root = packageNames[owner] ?? owner;
  if (resource.type.startsWith("pulumi:providers:")) return `${root}.Provider`;
  const [, module, name] = resource.type.split(":") as [string, string, string];
  if (owner !== "kubernetes") {
    const [folder] = module.split("/");
    return folder === "index" ? `${root}.${name}` : `${root}.${folder}.${name}`;
  }
  const [group, version] = module.split("/") as [string, string];
  const own = !group.includes(".") || group.endsWith(".k8s.io") || group === "helm.sh";
  return own ? `${root}.${group.split(".")[0]}.${version}.${name}` : `${root}.apiextensions.CustomResource`;
}
