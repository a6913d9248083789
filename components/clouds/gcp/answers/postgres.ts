import { secretOf } from "../../../../lib/engineValues";
import type { Answer } from "../../shared/answers";
import { named } from "../../shared/answers";

/** Types of `@pulumi/gcp` that Postgres of Cloud SQL is made of. */
export const cloudSql: Record<string, Answer> = {
  "gcp:sql/databaseInstance:DatabaseInstance": (inputs, at) => {
    if (at.preview) return {};
    const { name } = named(inputs, at);
    return {
      name,
      connectionName: `${inputs.project}:${inputs.region}:${name}`,
      privateIpAddress: "10.67.0.3",
      serverCaCerts: [
        {
          cert: secretOf("-----BEGIN CERTIFICATE-----\nauthority of the database\n-----END CERTIFICATE-----"),
          commonName: "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA",
          sha1Fingerprint: "0123456789abcdef0123456789abcdef01234567",
        },
      ],
    };
  },
  "gcp:sql/user:User": () => ({}),
  "gcp:dns/managedZone:ManagedZone": named,
  "gcp:dns/recordSet:RecordSet": () => ({}),
  "gcp:projects/iAMMember:IAMMember": () => ({}),
};
