import { Provider as GoogleProvider } from "@pulumi/gcp/provider";
import { Connection } from "@pulumi/gcp/servicenetworking/connection";
import * as pulumi from "@pulumi/pulumi";
import { placeIn, type TestPlace } from "./place";

/** A place on Google Cloud without the cluster around it. Call it inside of a program. */
export function googlePlace(operations: { protect: boolean; unprotected: string[] }): TestPlace {
  const google = new GoogleProvider("google", { project: "switchboard-test" });
  const network = "projects/switchboard-test/global/networks/cluster-network-vpc-1a2b3c4";
  const privateAccess = new Connection(
    "connection",
    { network, service: "servicenetworking.googleapis.com", reservedPeeringRanges: ["services"] },
    { provider: google },
  );
  return placeIn(
    {
      kind: "google",
      provider: google,
      project: "switchboard-test",
      projectNumber: "123456789012",
      region: "europe-west1",
      network: pulumi.output(network),
      managedServicesCidr: "10.67.0.0/20",
      managedServicesRange: pulumi.output("services"),
      privateAccess,
    },
    operations,
  );
}
