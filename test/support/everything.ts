import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { encodeNames, encodeSubject, issueCertificate } from "../../engine/providers/tls/certificate";
import { publicKeyDer } from "../../engine/providers/tls/keys";
import { temporaryFolder } from "../../lib/temporary";
import { repository, writeKubeconfig } from "./plan";
import { inThisProject } from "./project";
import type { Stack } from "./stacks";

/** Stacks that set everything which goes together, by their kind of cluster; the others are of existing ones. */
export const everythingKinds = [
  "existing",
  "balanced",
  "external",
  "pooled",
  "operated",
  "copies",
  "bucketBackups",
  "googleBackups",
  "volumeBackups",
  "gke",
  "eks",
  "restoredCloudSql",
  "restoredRds",
] as const;

/** Those that make a cluster of their own. */
const madeClusters: Partial<Readonly<Record<(typeof everythingKinds)[number], "gke" | "eks">>> = {
  ...{ gke: "gke", restoredCloudSql: "gke" },
  ...{ eks: "eks", restoredRds: "eks" },
};

/**
 * The stack that sets every setting there is beside this kind of cluster (`test/fixtures/stacks`), with the files that
 * it names made for this process.
 */
export function everythingStack(kind: (typeof everythingKinds)[number]): Stack {
  const text = readFileSync(join(repository, "test/fixtures/stacks", `${kind}.yaml`), "utf8");
  const { config } = parse(withFiles(inThisProject(text))) as { config: Record<string, unknown> };
  return {
    name: `everything that can be set on ${kind}`,
    stack: "everything",
    config,
    kind: madeClusters[kind] ?? "existing",
    namespace: "everything",
    secretKeys: Object.keys(config).filter((key) =>
      /"(secretEnv|registries|password|secret|encryptionKey)":/.test(JSON.stringify(config[key])),
    ),
  };
}

let made: Readonly<Record<string, string>> | undefined;

/** A throw-away kubeconfig, certificate and key in the place of their names; made once. */
function withFiles(text: string): string {
  made ??= makeFiles();
  return Object.entries(made).reduce((left, [name, path]) => left.replaceAll(name, path), text);
}

function makeFiles(): Record<string, string> {
  const folder = temporaryFolder("everything");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = encodeSubject({ commonName: "everything.dev" });
  const day = 86_400_000;
  const { certPem } = issueCertificate(
    {
      subject: name,
      publicKey: publicKeyDer(privateKey),
      names: encodeNames(["panel.everything.dev", "chat.everything.dev"], name),
      uses: [],
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 90 * day),
      isCa: false,
      setSubjectKeyId: false,
    },
    { name, key: privateKey },
  );
  const files = { CERTIFICATE_FILE: join(folder, "tls.crt"), KEY_FILE: join(folder, "tls.key") };
  writeFileSync(files.CERTIFICATE_FILE, certPem);
  writeFileSync(files.KEY_FILE, String(privateKey.export({ type: "pkcs8", format: "pem" })), { mode: 0o600 });
  const ambient = readFileSync(writeKubeconfig("switchboard-local"), "utf8");
  const own = join(folder, "kubeconfig");
  // Another cluster than the ambient one leads to, so that it is seen which of them was read.
  writeFileSync(own, ambient.replaceAll("6443", "7443"));
  return { ...files, KUBECONFIG_FILE: own };
}
