import { request } from "node:https";
import { kubectl } from "./system";

/** What the API server said of an object. */
export interface Verdict {
  readonly status: number;
  readonly message: string;
  /** `Warning` headers: deprecated versions, pod security. */
  readonly warnings: readonly string[];
}

interface Access {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

let access: Access | undefined;
const resources = new Map<string, { path: string; namespaced: boolean }>();

/** Sends an object for creation as a dry run, with unknown and repeated fields refused. Nothing is stored. */
export async function submit(object: any): Promise<Verdict> {
  const { path, namespaced } = await resourceOf(object.apiVersion, object.kind);
  const base = object.apiVersion.includes("/") ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  const scope = namespaced ? `/namespaces/${object.metadata.namespace}` : "";
  return post(`${base}${scope}/${path}?dryRun=All&fieldValidation=Strict`, object);
}

async function resourceOf(apiVersion: string, kind: string): Promise<{ path: string; namespaced: boolean }> {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  if (!resources.has(`${apiVersion} ${kind}`)) {
    const list = JSON.parse(await kubectl("get", "--raw", base));
    for (const { name, kind, namespaced } of list.resources) {
      if (!name.includes("/")) resources.set(`${apiVersion} ${kind}`, { path: name, namespaced });
    }
  }
  const found = resources.get(`${apiVersion} ${kind}`);
  if (!found) throw new Error(`the API server has no ${apiVersion} ${kind}`);
  return found;
}

async function post(path: string, object: unknown): Promise<Verdict> {
  access ??= await readAccess();
  const { server, ca, cert, key } = access;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, server),
      { method: "POST", ca, cert, key, headers: { "content-type": "application/json" } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const body = JSON.parse(Buffer.concat(chunks).toString());
          const warning = response.headers.warning;
          resolve({
            status: response.statusCode ?? 0,
            message: body.message ?? "",
            warnings: warning ? [warning] : [],
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(object));
  });
}

async function readAccess(): Promise<Access> {
  const { clusters, users } = JSON.parse(await kubectl("config", "view", "--raw", "--minify", "--output=json"));
  const decoded = (text: string) => Buffer.from(text, "base64");
  return {
    server: clusters[0].cluster.server,
    ca: decoded(clusters[0].cluster["certificate-authority-data"]),
    cert: decoded(users[0].user["client-certificate-data"]),
    key: decoded(users[0].user["client-key-data"]),
  };
}
