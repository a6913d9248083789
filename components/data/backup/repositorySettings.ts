import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, oneOfKinds, Problem, show, text } from "../../schema/fields";
import { Secret } from "../../schema/secret";
import { parseAuthorities } from "../../schema/values/pem";
import { pemText } from "../../schema/values/pemText";
import { bytes } from "../../schema/values/resources";
import { words } from "../../schema/values/words";
import { addressFields, checkAddress } from "../external/address";

const kindMeaning =
  "where backups are kept. `s3`: a bucket that speaks S3. `gcs`: a bucket of Google Cloud Storage. `volume`: a volume of the cluster, which is lost with the cluster";

/** A value of pgBackRest's configuration file that is a secret: one line, which it would cut at either end. */
export const secretLine = (meaning: string, shortest = 1) =>
  text((value) => {
    if (!/^[\x21-\x7e]*$/.test(value))
      throw new Problem("holds a space, a line break or a letter outside ASCII; use other characters");
    if (value.length < shortest)
      throw new Problem(`has ${value.length} characters; use at least ${shortest}: openssl rand -base64 48`);
    return new Secret(value);
  }).describe(`${meaning}, stored with \`--secret\``);

/** The name of a bucket. @param allowed completes "use … with a letter or digit at both ends" */
const bucketName = (isName: (value: string) => boolean, allowed: string) =>
  text((value) => {
    if (value.includes("/"))
      throw new Problem(`${show(value)} is an address; give the bucket's name here and the folder in prefix`);
    if (isName(value)) return value;
    throw new Problem(
      `${show(value)} is not the name of a bucket; use ${allowed}, with a letter or digit at both ends`,
    );
  }).describe("name of the bucket, which is there already");

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots break TLS in host names. */
const s3Bucket = () =>
  bucketName(
    (value) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) && !value.includes(".."),
    '3 to 63 lower-case letters, digits, "-" and "."',
  );

/** https://cloud.google.com/storage/docs/buckets#naming */
const gcsBucket = () =>
  bucketName(
    (value) => /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(value) && !value.startsWith("goog"),
    'lower-case letters, digits, "-", "_" and "."',
  );

function parsePrefix(value: string): string {
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(value) || /\/\.\.?(\/|$)/.test(value))
    throw new Problem(
      `${show(value)} is not a folder of a bucket; write e.g. "/shop/postgres", without "/" at the end`,
    );
  return value;
}

/** A region of S3; servers of others take any, so that only its form is known. */
function parseRegion(value: string): string {
  if (/^[a-z0-9-]{2,40}$/.test(value)) return value;
  throw new Problem(`${show(value)} is not a region; write e.g. "eu-central-1"`);
}

const { host, service, ...place } = addressFields(443);

/** What both kinds of buckets say of where they are. */
const bucketFields = (context: SettingsContext) => ({
  prefix: text(parsePrefix)
    .prefault("/postgres")
    .describe("folder in the bucket. Each stack needs another one: the backups of two databases do not mix"),
  ...place,
  port: place.port.describe("port of the endpoint"),
  networks: place.networks.describe(
    "networks that the endpoint's addresses are in, as `10.20.0.0/16`, or `internet`: network policies know no host names; default: `internet` for the provider's own endpoint, else the endpoint, if it is an address",
  ),
  authority: pemText(context, parseAuthorities)
    .optional()
    .describe(
      "PEM of the authorities that the endpoint's certificate may be of; or `{file: path}`; default: those that the image trusts",
    ),
});

interface Bucket {
  readonly endpoint?: string | undefined;
  readonly port: number;
  readonly networks?: readonly ("internet" | { readonly cidr: string })[] | undefined;
  readonly service?: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> } | undefined;
}

/** With a provider's own endpoint, the internet; else what the settings say. */
function placed<B extends Bucket>(given: B, usual: string, issues: z.RefinementCtx) {
  const endpoint = given.endpoint ?? usual;
  const networks = given.networks ?? (endpoint === usual && !given.service ? (["internet"] as const) : undefined);
  const address = { ...given, host: endpoint, networks };
  checkAddress(address, issues);
  return { ...given, endpoint, networks };
}

/** A bucket that speaks S3: of AWS, or of any server that does. */
const s3 = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("s3").describe(kindMeaning),
      bucket: s3Bucket(),
      region: text(parseRegion).describe("region of the bucket; servers of others often take any, as us-east-1"),
      endpoint: host.optional().describe("host name of the server; default: that of AWS in the region"),
      ...bucketFields(context),
      service,
      uriStyle: choice(["host", "path"])
        .prefault("host")
        .describe(
          "`host`: the bucket is part of the host name, as with AWS. `path`: it is part of the path, as with most servers of others",
        ),
      accessKey: secretLine("id of the access key"),
      secretKey: secretLine("the access key itself"),
    })
    .transform((given, issues) => placed(given, `s3.${given.region}.amazonaws.com`, issues));

/** The key of a service account, as Google gives it out. */
function parseServiceAccount(value: string): Secret {
  const todo = "give the JSON that gcloud iam service-accounts keys create writes";
  let key: Record<string, unknown>;
  try {
    key = JSON.parse(value) as Record<string, unknown>;
  } catch {
    throw new Problem(`is not JSON; ${todo}`);
  }
  // What pgBackRest reads of it (storage/gcs/storage.c).
  const missing = ["client_email", "private_key", "token_uri"].filter((name) => typeof key?.[name] !== "string");
  if (missing.length > 0) throw new Problem(`has no ${missing.join(" and no ")}; ${todo}`);
  return new Secret(value);
}

/** A bucket of Google Cloud Storage. */
const gcs = (context: SettingsContext) =>
  z
    .strictObject({
      kind: z.literal("gcs").describe(kindMeaning),
      bucket: gcsBucket(),
      endpoint: host.optional().describe("host name of the server; default: storage.googleapis.com"),
      ...bucketFields(context),
      key: text(parseServiceAccount).describe(
        "JSON key of a service account that may read, write and delete the bucket's objects, stored with `--secret`",
      ),
    })
    .transform((given, issues) => placed(given, "storage.googleapis.com", issues));

/** A volume of its own, beside the server's. */
const volume = () =>
  z.strictObject({
    kind: z.literal("volume").describe(kindMeaning),
    storage: bytes()
      .prefault("5Gi")
      .describe("size of the volume. It holds all kept backups and the log between them; a larger value grows it"),
    storageClass: words()
      .optional()
      .describe("StorageClass of the volume when it is made; default: the one of the server's"),
  });

const kinds = { s3, gcs, volume };

/** Where backups are kept. */
export const repository = (context: SettingsContext) =>
  oneOfKinds(kinds, context).describe("where backups are kept, of kind s3, gcs or volume");
