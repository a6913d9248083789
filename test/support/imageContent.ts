import { createHash } from "node:crypto";
import type { Registries } from "../../components/registry/manifests";
import { imageReference } from "../../components/registry/reference";

/**
 * Puts a small image of one file into a registry, as a push does.
 * @param text what the file holds: another text is another digest
 * @returns the digest of its manifest
 */
export async function putImage(registries: Registries, reference: string, text = reference): Promise<string> {
  const { name, tag } = imageReference(reference);
  const scopes = [`repository:${name}:pull,push`];
  const send = async (method: "POST" | "PUT", path: string, status: number, body?: Buffer, type?: string) => {
    const headers: Record<string, string> = type ? { "content-type": type } : body ? {} : { "content-length": "0" };
    const answer = await registries.of(reference).request({ method, path, scopes, headers, ...(body && { body }) });
    answer.resume();
    if (answer.statusCode !== status) throw new Error(`${method} ${path}: HTTP ${answer.statusCode}`);
    return answer;
  };
  const put = async (content: Buffer) => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const { location = "" } = (await send("POST", `/v2/${name}/blobs/uploads/`, 202)).headers;
    const place = `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;
    await send("PUT", place, 201, content, "application/octet-stream");
    return { digest, size: content.length };
  };
  const layer = await put(Buffer.from(text));
  const config = await put(
    Buffer.from(
      JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [layer.digest] } }),
    ),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
      layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer }],
    }),
  );
  await send("PUT", `/v2/${name}/manifests/${tag}`, 201, manifest, mediaType);
  return `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
}
