import { Provider as AmazonProvider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import { placeIn, type TestPlace } from "./place";

/** The stack's key in the account that the tests are about. */
export const encryptionKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d";

/** A place on AWS without the cluster around it. Call it inside of a program. */
export function amazonPlace({
  protect = false,
  unprotected = [],
}: {
  readonly protect?: boolean;
  readonly unprotected?: string[];
} = {}): TestPlace {
  return placeIn(
    {
      kind: "amazon",
      provider: new AmazonProvider("amazon", { region: "eu-central-1" }),
      accountId: "123456789012",
      region: "eu-central-1",
      partition: "aws",
      roles: { path: "/switchboard-test/", permissionsBoundary: undefined },
      vpcId: pulumi.output("vpc-0a1b2c3d"),
      dataSubnetIds: ["a", "b", "c"].map((zone) => pulumi.output(`subnet-${zone}`)),
      dataCidrs: ["10.0.48.0/22", "10.0.52.0/22", "10.0.56.0/22"],
      podSecurityGroupId: pulumi.output("sg-pods"),
      encryptionKeyArn: pulumi.output(encryptionKeyArn),
    },
    { protect, unprotected },
  );
}
