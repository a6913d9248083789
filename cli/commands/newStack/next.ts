import type { Answers } from "./questions";

/** What is to be done with a new stack, one command or sentence a line; a sentence starts with `#`. */
export function nextCommands(answers: Answers): string[] {
  const { name, where } = answers;
  const preview = `npx switchboard preview ${name}`;
  const up = `npx switchboard up ${name}`;
  if (where === "local") return ["# look at it", preview, "# bring it up on this machine", up];
  if (where === "existing") {
    return ["# look at it", preview, "# build the images, bring them to the cluster, and bring the stack up", up];
  }
  return [
    "# once: where the state is kept, for everyone who deploys",
    `pulumi login ${where === "gke" ? "gs" : "s3"}://BUCKET`,
    "# once: the stack, its secrets encrypted with a key of the cloud",
    `pulumi stack init ${name} --secrets-provider "${secretsProvider(answers)}"`,
    "# look at it; this asks nobody",
    preview,
    "# build the images, push them, and bring the stack up",
    up,
  ];
}

/** The key that the README's steps make: https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers */
function secretsProvider({ where, project, region }: Answers): string {
  return where === "gke"
    ? `gcpkms://projects/${project}/locations/${region}/keyRings/switchboard/cryptoKeys/pulumi`
    : `awskms://alias/switchboard-pulumi?region=${region}`;
}
