import { aliveness, builderNames } from "../../../local/images/builders";
import { poolProcessors } from "../../../local/images/platforms";
import { complaint } from "../ask";
import { type Finding, failed, ok, type Subject, type World } from "../model";

const todo =
  "install Docker with buildx, podman or nerdctl, and start it; or let CI build the images: what is in the registry is not built again";

/** What an `up` here would build the stack's images with: the first builder that answers, as `npm run images` takes it. */
export async function imageBuilder({ settings }: Subject, world: World): Promise<Finding> {
  const heard: string[] = [];
  for (const name of builderNames) {
    const [program, ...args] = aliveness[name];
    const answer = await world.run(program, ...args);
    if (answer.exitCode === undefined) continue;
    if (answer.exitCode !== 0) {
      heard.push(`${name}: ${complaint(name, answer)}`);
      continue;
    }
    const version = /\d+\.\d+(?:\.\d+)?/.exec(answer.stdout)?.[0];
    const processors = poolProcessors(settings.cluster, "panel.image") ?? [];
    if (name === "docker" && processors.length > 1) {
      const buildx = await world.run("docker", "buildx", "version");
      if (buildx.exitCode !== 0) {
        return failed(
          `the nodes are ${processors.join(" and ")}, and images for both need docker buildx: ${complaint("docker", buildx)}`,
          "install Docker's buildx plugin, or name machine types of one processor in cluster.pools",
        );
      }
    }
    return ok(`${[name, version].filter(Boolean).join(" ")} builds images`);
  }
  if (heard.length > 0) return failed(`no builder of images answers: ${heard.join("; ")}`, todo);
  return failed("docker, podman and nerdctl are not installed, and images are built from this repository", todo);
}
