import type { Facts } from "../../shared/facts";
import { lost } from "../../shared/facts/risk";

/** What else of Google Cloud holds data. This program makes none of it; a team's own additions may. */
export const stores: Facts = {
  "gcp:compute/disk:Disk": { stateful: { noun: "disk", loss: "the data on it is lost" } },
  "gcp:secretmanager/secret:Secret": { stateful: lost.secret },
  "gcp:secretmanager/secretVersion:SecretVersion": { stateful: lost.secret },
  "gcp:artifactregistry/repository:Repository": { stateful: lost.registry },
};
