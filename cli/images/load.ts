import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname, networkInterfaces } from "node:os";
import { basename, join } from "node:path";
import { sourceTag } from "../../components/images/sourceTag";
import { Registries } from "../../components/registry/manifests";
import { layersAt } from "../../engine/stack/stackFile";
import { repository } from "../../lib/paths";
import { temporaryFolder } from "../../lib/temporary";
import { runMain, UserError } from "../../lib/userError";
import { onPath } from "../../sandbox/images/builder";
import { buildContext } from "../../sandbox/images/context";
import { sourceFolder } from "../../sandbox/images/recipes";
import { type WantedImage, wantedImages } from "../../sandbox/images/wanted";
import { unpinnedBases } from "./bases";
import { type BuilderName, buildCommand, findBuilder } from "./builders";
import { type Delivery, deliveryOf, type Machine } from "./loadPlan";
import { type FoundPlace, placeOf } from "./place";
import { platformsOf, unknownPlatform } from "./platforms";
import { publish } from "./publish";
import { Tools } from "./tools";

/**
 * `npm run images -- [STACK] [--references FILE]`: brings the reference images to the stack's cluster or registry. The
 * stack is `dev` unless named; the file gets one reference a line, with the digest where a registry has it.
 */
async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const option = words.indexOf("--references");
  const [, file] = option < 0 ? [] : words.splice(option, 2);
  const [stack = "dev", ...rest] = words;
  if (rest.length > 0 || !/^\w[\w.-]*$/.test(stack) || (option >= 0 && !file)) {
    throw new UserError(
      `unknown arguments: ${process.argv.slice(2).join(" ")}`,
      "npm run images -- [STACK] [--references FILE]",
    );
  }
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  const references = await loadImages(join(repository, `Pulumi.${stack}.yaml`), report, "stdout");
  if (file) writeFileSync(file, references.map((reference) => `${reference}\n`).join(""));
}

/**
 * Brings every image that a stack file names by its source to where the stack's nodes get it: into a cluster of this
 * machine, or to the registry of its name, where it is built only if it is not there. The tools' own output goes to the
 * terminal.
 *
 * @param output where the tools' own output goes; stderr for a command whose stdout is its result
 * @returns the references, with their digest where they are in a registry
 * @throws UserError when the file is missing, a tool is missing or fails, or there is no registry to push to
 */
export async function loadImages(
  stackFile: string,
  report: (line: string) => void,
  output: "stdout" | "stderr" = "stderr",
): Promise<string[]> {
  if (!existsSync(stackFile)) {
    throw new UserError(
      `there is no stack file ${basename(stackFile)}`,
      "name a stack that has one: npm run images -- STACK",
    );
  }
  const layers = layersAt(stackFile);
  const images = wantedImages(layers, (source) => sourceTag(sourceFolder(source))).filter(({ source }) => source);
  if (images.length === 0) {
    report(`${basename(stackFile)} names no image that is built from this repository.`);
    return [];
  }
  return new Loading(images, layers.cluster, report, output).run();
}

/** One run for one stack. */
class Loading {
  private readonly place: FoundPlace;
  private readonly tools: Tools;
  private readonly folder = temporaryFolder("images");
  private builder: Promise<BuilderName> | undefined;
  private nodes: Promise<readonly string[] | undefined> | undefined;

  constructor(
    private readonly images: readonly WantedImage[],
    private readonly cluster: unknown,
    private readonly report: (line: string) => void,
    output: "stdout" | "stderr",
  ) {
    this.place = placeOf(cluster);
    this.tools = new Tools(report, output);
  }

  async run(): Promise<string[]> {
    const delivery = await this.delivery();
    if (delivery) return this.deliver(delivery);
    const registries = new Registries({ env: process.env, home: homedir() });
    const references: string[] = [];
    for (const image of this.images) {
      references.push(
        await publish(image, {
          registries,
          builder: async () => ({ name: await this.chosen() }),
          sources: (wanted) => this.sources(wanted),
          platforms: (wanted) => this.platforms(wanted, false),
          run: (command) => this.tools.call(command),
          report: this.report,
        }),
      );
    }
    return references;
  }

  private delivery(): Promise<Delivery | undefined> {
    const archiveOf = (reference: string) => join(this.folder, `${fileName(reference)}.tar`);
    const machine: Machine = {
      found: onPath,
      builder: () => this.chosen(),
      // A variable of the person's own names the engine already.
      dockerContexts: async () =>
        process.env.DOCKER_HOST
          ? []
          : ((await this.tools.output(["docker", "context", "ls", "--format", "{{.Name}}"])) ?? "").split("\n"),
      root: process.getuid?.() === 0,
      addresses: [
        hostname(),
        ...Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? []),
      ],
    };
    return deliveryOf(
      this.place,
      machine,
      this.images.map(({ reference }) => reference),
      archiveOf,
    );
  }

  private async deliver({ builder, commands }: Delivery): Promise<string[]> {
    for (const image of this.images) {
      const platforms = await this.platforms(image, true);
      if (!platforms) throw unknownPlatform(image);
      if (platforms.length > 1) {
        throw new UserError(
          `${image.setting}: a cluster of this machine takes one platform, not ${platforms.join(" and ")}`,
          `name one in ${image.setting}.platforms`,
        );
      }
      await this.tools.call(buildCommand(builder, { reference: image.reference, platforms, ...this.sources(image) }));
    }
    for (const command of commands) await this.tools.call(command);
    return this.images.map(({ reference }) => reference);
  }

  private chosen(): Promise<BuilderName> {
    this.builder ??= findBuilder(onPath, async (command) => (await this.tools.output(command)) !== undefined);
    return this.builder;
  }

  private platforms(image: WantedImage, here: boolean) {
    return platformsOf(image, {
      cluster: this.cluster,
      here,
      askNodes: () => {
        this.nodes ??= this.askNodes();
        return this.nodes;
      },
    });
  }

  private async askNodes(): Promise<readonly string[] | undefined> {
    const { context, kubeconfig } = this.place;
    if (context === undefined || !onPath("kubectl")) return undefined;
    const text = await this.tools.output([
      "kubectl",
      ...(kubeconfig ? ["--kubeconfig", kubeconfig] : []),
      ...["--context", context, "--request-timeout", "10s", "get", "nodes"],
      ...["--output", "jsonpath={.items[*].status.nodeInfo.architecture}"],
    ]);
    const processors = text?.split(/\s+/).filter((word) => /^[a-z0-9]+$/.test(word)) ?? [];
    return processors.length > 0 ? processors : undefined;
  }

  private sources({ reference, source }: WantedImage) {
    const context = buildContext(sourceFolder(source!), join(this.folder, fileName(reference)));
    if (!reference.endsWith(`:${context.tag}`)) {
      throw new UserError(`the sources of ${reference} have changed while images were made`, "run this again");
    }
    const dockerfile = readFileSync(context.dockerfile, "utf8");
    for (const base of unpinnedBases(dockerfile)) {
      this.report(`${source}/Dockerfile: ${base} has no digest, so the same sources can become another image; pin it`);
    }
    return { ...context, fromScratch: /^\s*FROM\s+scratch\b/im.test(dockerfile) };
  }
}

/** A reference as a part of a file's name. */
function fileName(reference: string): string {
  return reference.replaceAll(/[^\w.-]/g, "_");
}

if (require.main === module) runMain(main);
