import assert from "node:assert/strict";
import { test } from "node:test";
import * as conf from "../../../../components/data/backup/configuration";
import type { BackupSettings } from "../../../../components/data/backup/settings";

type S3 = Extract<BackupSettings["repository"], { readonly kind: "s3" }>;
type Gcs = Extract<BackupSettings["repository"], { readonly kind: "gcs" }>;

const s3 = {
  ...{ kind: "s3", bucket: "acme", region: "eu-central-1", endpoint: "s3.eu-central-1.amazonaws.com", port: 443 },
  ...{ prefix: "/postgres", uriStyle: "host" },
} as S3;

const args = (repository: conf.ConfigurationArgs["settings"]["repository"], keep = {}): conf.ConfigurationArgs => ({
  stanza: "postgres",
  settings: { repository, keep: { count: undefined, days: undefined, ...keep } },
  server: { host: "postgres", dataFolder: "/data" },
  restored: "/restored",
});

test("retention is by the number of full backups, or by the days that one can go back", () => {
  const retention = (keep: object) => conf.jobsConfiguration(args(s3, keep)).match(/^repo1-retention.*$/gm);
  assert.deepEqual(retention({ count: 4 }), ["repo1-retention-full=4", "repo1-retention-full-type=count"]);
  assert.deepEqual(retention({ days: 30 }), ["repo1-retention-full=30", "repo1-retention-full-type=time"]);
});

test("every pod sees the same repository, encrypted, and no configuration holds a secret", () => {
  const repositoryOf = (text: string) => text.match(/^repo1-(?!retention).*$/gm);
  const all = [conf.serverConfiguration, conf.jobsConfiguration, conf.restoreConfiguration].map((make) =>
    make(args(s3)),
  );
  for (const text of all) {
    assert.deepEqual(repositoryOf(text), repositoryOf(all[0]!));
    assert.match(text, /^repo1-cipher-type=aes-256-cbc$/m);
    assert.doesNotMatch(text, /cipher-pass|key=/);
  }
});

test("a port and an authority of the endpoint are told only where there are", () => {
  const usual = conf.jobsConfiguration(args(s3));
  assert.doesNotMatch(usual, /storage-port|storage-ca-file/);
  const own = conf.jobsConfiguration(args({ ...s3, port: 9000, authority: "PEM" }));
  assert.match(own, /^repo1-storage-port=9000$/m);
  assert.match(own, /^repo1-storage-ca-file=\/run\/secrets\/repository\/authority\.crt$/m);
});

test("a bucket of Google has its key as a file", () => {
  const gcs = { ...s3, kind: "gcs", endpoint: "storage.googleapis.com" } as unknown as Gcs;
  const text = conf.restoreConfiguration(args(gcs));
  assert.match(text, /^repo1-gcs-key=\/run\/secrets\/repository\/service-account\.json$/m);
  assert.match(text, /^repo1-gcs-bucket=acme$/m);
  assert.doesNotMatch(text, /s3/);
});

test("secrets are further lines", () => {
  assert.equal(
    conf.secretConfiguration({ encryptionKey: "one", "repo1-s3-key": "two" }),
    "[global]\nrepo1-cipher-pass=one\nrepo1-s3-key=two\n",
  );
});
