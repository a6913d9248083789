/** What is said of the backups of a Postgres in the cluster. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inCluster, told } from "./clouds";
import { parse, problems, type Raw } from "./stack";

const image = "registry.example/postgres-with-pgbackrest:17.5";
const stored = { secretLayers: new Set(["postgres"]) };
const serviceAccount = {
  client_email: "b@acme.dev",
  private_key: "key",
  token_uri: "https://oauth2.googleapis.com/token",
};

/** The least that backups must say. */
const least = (): Raw => ({
  repository: {
    ...{ kind: "s3", bucket: "acme-backups", region: "eu-central-1" },
    ...{ accessKey: "id-of-the-key", secretKey: "key-of-the-bucket" },
  },
  encryptionKey: "0123456789abcdef0123456789abcdef",
});

const gcs = (): Raw => ({ kind: "gcs", bucket: "acme-backups", key: JSON.stringify(serviceAccount) });

const bucketForm = 'use 3 to 63 lower-case letters, digits, "-" and ".", with a letter or digit at both ends';
const fiveFields = 'write five fields (minute hour day month weekday), e.g. "17 3 * * *"';

/** What a person wrote, and what they are told. */
const cases: [change: (backup: Raw, postgres: Raw) => void, told: string][] = [
  [
    (backup) => delete backup.repository,
    "postgres.backup.repository: is not set; add it to Pulumi.dev.yaml (where backups are kept, of kind s3, gcs or volume)",
  ],
  [
    (backup) => (backup.repository.kind = "azure"),
    'postgres.backup.repository.kind: "azure" is not supported; use one of s3, gcs, volume',
  ],
  [
    (backup) => (backup.repository.bucket = "Acme_Backups"),
    `postgres.backup.repository.bucket: "Acme_Backups" is not the name of a bucket; ${bucketForm}`,
  ],
  [
    (backup) => (backup.repository.bucket = "s3://acme/postgres"),
    'postgres.backup.repository.bucket: "s3://acme/postgres" is an address; give the bucket\'s name here and the folder in prefix',
  ],
  [
    (backup) => (backup.repository.prefix = "postgres/"),
    'postgres.backup.repository.prefix: "postgres/" is not a folder of a bucket; write e.g. "/shop/postgres", without "/" at the end',
  ],
  [
    (backup) => (backup.repository.region = "Frankfurt"),
    'postgres.backup.repository.region: "Frankfurt" is not a region; write e.g. "eu-central-1"',
  ],
  [
    (backup) => (backup.repository.endpoint = "https://s3.acme.dev"),
    'postgres.backup.repository.endpoint: "https://s3.acme.dev" is a URL; give the host name or the address only',
  ],
  [
    (backup) => (backup.repository.endpoint = "s3.acme.dev"),
    'postgres.backup.repository.networks: is not set, and network policies know no host names; name the networks that the addresses of "s3.acme.dev" are in, or internet',
  ],
  [
    (backup) => (backup.repository.authority = "MIIB"),
    'postgres.backup.repository.authority: is not PEM; give the text that starts with "-----BEGIN CERTIFICATE-----"',
  ],
  [
    (backup) => (backup.repository.secretKey = "two words"),
    "postgres.backup.repository.secretKey: holds a space, a line break or a letter outside ASCII; use other characters",
  ],
  [
    (backup) => (backup.repository = { ...gcs(), key: "/home/me/key.json" }),
    "postgres.backup.repository.key: is not JSON; give the JSON that gcloud iam service-accounts keys create writes",
  ],
  [
    (backup) => (backup.repository = { ...gcs(), key: JSON.stringify({ ...serviceAccount, private_key: undefined }) }),
    "postgres.backup.repository.key: has no private_key; give the JSON that gcloud iam service-accounts keys create writes",
  ],
  [
    (backup) => (backup.repository = { ...gcs(), bucket: "goog-backups" }),
    'postgres.backup.repository.bucket: "goog-backups" is not the name of a bucket; use lower-case letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  ],
  [
    (backup) => (backup.repository = { kind: "volume", storage: "5GB" }),
    'postgres.backup.repository.storage: "5GB" has no binary unit; did you mean "5Gi"?',
  ],
  [
    (backup) => delete backup.encryptionKey,
    "postgres.backup.encryptionKey: is not set; add it to Pulumi.dev.yaml (text that everything in the repository is encrypted with (AES-256). Keep a copy outside the stack: without it no backup can be read, and it cannot change, stored with `--secret`)",
  ],
  [
    (backup) => (backup.encryptionKey = "short"),
    "postgres.backup.encryptionKey: has 5 characters; use at least 32: openssl rand -base64 48",
  ],
  [(backup) => (backup.full = "61 * * * *"), `postgres.backup.full: minute 61 is out of 0–59; ${fiveFields}`],
  [
    (backup) => (backup.differential = "0 0 2 * * *"),
    `postgres.backup.differential: "0 0 2 * * *" has 6 fields (seconds cannot be given); ${fiveFields}`,
  ],
  [(backup) => (backup.drill = "never"), `postgres.backup.drill: "never" has 1 field; ${fiveFields}`],
  [
    (backup) => (backup.timeZone = "Europe/Berlim"),
    'postgres.backup.timeZone: "Europe/Berlim" is not a time zone; did you mean "Europe/Berlin"?',
  ],
  [
    (backup) => (backup.restore = { time: "yesterday" }),
    'postgres.backup.restore.time: "yesterday" is not a second in time; write the second with its zone, e.g. "2026-11-30T19:48:25Z"',
  ],
  [
    (backup) => (backup.restore = { time: "2026-11-30T19:48:25" }),
    'postgres.backup.restore.time: "2026-11-30T19:48:25" is not a second in time; write the second with its zone, e.g. "2026-11-30T19:48:25Z"',
  ],
  [
    (backup) => (backup.restore = { backup: "latest" }),
    'postgres.backup.restore.backup: "latest" is not the name of a backup; write it as switchboard backups shows it',
  ],
  [
    (backup) => (backup.keep = { count: 0 }),
    "postgres.backup.keep.count: 0 is too small; use a whole number from 1 to 1000",
  ],
  [
    (backup) => (backup.keep = { count: 3, days: 30 }),
    "postgres.backup.keep: needs one of count and days; give the one that is meant",
  ],
  [(backup) => (backup.keep = {}), "postgres.backup.keep: needs one of count and days; give the one that is meant"],
  [
    (_backup, postgres) => (postgres.parameters = { archive_command: "true" }),
    "postgres.parameters.archive_command: is set by postgres.backup, which archives the log; remove one of the two",
  ],
  [
    (_backup, postgres) => (postgres.parameters = { wal_level: "minimal" }),
    "postgres.parameters.wal_level: is set by postgres.backup, which archives the log; remove one of the two",
  ],
  [
    (_backup, postgres) => (postgres.image = "docker.io/library/postgres:17.6-bookworm"),
    'postgres.image: "docker.io/library/postgres:17.6-bookworm" has no pgBackRest, which postgres.backup needs; use {repository: <registry>/postgres, source: apps/postgres}, which adds it, or another image that has it',
  ],
];

const withBackups = (change: (backup: Raw, postgres: Raw) => void) => (raw: Raw) => {
  const backup = least();
  Object.assign(raw.postgres, { image, backup });
  change(backup, raw.postgres);
};

for (const [change, told] of cases) test(told, () => assert.deepEqual(problems(withBackups(change), stored), [told]));

test("keys of the repository that are stored in clear are refused", () => {
  const found = problems(withBackups(() => {}));
  assert.deepEqual(
    found.map((problem) => problem.split(": ")[0]),
    ["postgres.backup.repository.accessKey", "postgres.backup.repository.secretKey", "postgres.backup.encryptionKey"],
  );
  for (const problem of found) assert.match(problem, /is stored in clear and must be stored with --secret/);
});

test("the kinds of repository are taken, with what they do not say", () => {
  const repositoryOf = (repository: Raw) =>
    (
      parse(
        withBackups((backup) => (backup.repository = repository)),
        stored,
      ).postgres as Raw
    ).backup.repository;
  const { endpoint, networks, prefix } = repositoryOf(least().repository);
  assert.deepEqual([endpoint, networks, prefix], ["s3.eu-central-1.amazonaws.com", ["internet"], "/postgres"]);
  assert.equal(repositoryOf(gcs()).endpoint, "storage.googleapis.com");
  assert.equal(repositoryOf({ kind: "volume" }).storage, "5Gi");
});

test("production takes a server in the cluster with backups in a bucket, and is told of those on a volume", () => {
  const production = (repository: Raw) =>
    told(
      "gke",
      (raw) => {
        raw.postgres = { ...inCluster("postgres"), backup: { ...least(), repository } };
        raw.postgres.image = `${image}@sha256:${"0".repeat(64)}`;
      },
      true,
      stored,
    );
  assert.deepEqual(production(least().repository), { errors: [], warnings: [] });
  assert.deepEqual(production({ kind: "volume" }), {
    errors: [],
    warnings: [
      'postgres.backup.repository.kind: "volume" is lost with the cluster; use a bucket (s3 or gcs), best in another account',
    ],
  });
});
