import { poolProcessors } from "../../../components/clouds/processors";
import { complaint } from "../../../components/clouds/shared/doctor/ask";
import { type Finding, failed, ok, type World } from "../../../components/clouds/shared/doctor/model";
import { aliveness, builderNames } from "../../images/builders";
import type { Subject } from "../subject";

const todo =
  "install Docker with buildx, podman or nerdctl, and start it. Or let CI build the images: an image in the registry is not built again";

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
    const problem =
      name === "docker" ? await withoutBuildx(settings.cluster, Number(version?.split(".")[0]), world) : undefined;
    if (problem) return problem;
    return ok(`${[name, version].filter(Boolean).join(" ")} builds images`);
  }
  if (heard.length > 0) return failed(`no builder of images answers: ${heard.join("; ")}`, todo);
  return failed("docker, podman and nerdctl are not installed, and images are built from this repository", todo);
}

/** From version 23 on Docker builds with its buildx plugin; before, only for several platforms. */
async function withoutBuildx(cluster: unknown, major: number, world: World): Promise<Finding | undefined> {
  const processors = poolProcessors(cluster, "apps") ?? [];
  if (major < 23 && processors.length < 2) return undefined;
  const buildx = await world.run("docker", "buildx", "version");
  if (buildx.exitCode === 0) return undefined;
  const why = processors.length > 1 ? `, which images for ${processors.join(" and ")} need` : "";
  return failed(
    `docker has no buildx${why}: ${complaint("docker", buildx)}`,
    "install Docker with buildx (its package docker-buildx-plugin), podman or nerdctl",
  );
}
