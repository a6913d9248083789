/** A repository of Artifact Registry. */
export interface ArtifactRepository {
  readonly project: string;
  readonly location: string;
  readonly repository: string;
}

/**
 * The repositories of other projects' Artifact Registries among images: in the cluster's own project the nodes may read
 * all of them. Their names tell project, place and repository
 * (https://cloud.google.com/artifact-registry/docs/docker/names).
 *
 * @param images repositories as pods name them, without tags: `europe-docker.pkg.dev/acme-images/shop/panel`
 * @param project the cluster's own
 */
export function otherRepositories(images: readonly string[], project: string): ArtifactRepository[] {
  const found = new Map(
    images.flatMap((image): [string, ArtifactRepository][] => {
      const [registry = "", ...path] = image.split("/");
      const [, location] = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(registry) ?? [];
      // A project of an organization's own domain: `acme.com:images` is two parts of the path.
      const owner = path[0]?.includes(".") ? `${path.shift()}:${path.shift()}` : path.shift();
      const [repository] = path;
      if (!location || !owner || !repository || owner === project) return [];
      return [[`${owner}/${location}/${repository}`, { project: owner, location, repository }]];
    }),
  );
  return [...found.values()];
}
