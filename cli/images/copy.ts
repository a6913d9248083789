import type { IncomingMessage } from "node:http";
import { type Descriptor, type Manifest, pull, type Registries } from "../../components/registry/manifests";
import { imageReference } from "../../components/registry/reference";
import { UserError } from "../../lib/userError";

/**
 * Copies an image between registries byte by byte, so that it keeps its digest: its blobs, the images of an index, and
 * last the manifest under the tag. Within one registry blobs are mounted, and what the target has is not sent.
 *
 * @param from a reference that is there
 * @param to repository and tag that it gets; a tag that is taken by then is left as it is
 * @throws RegistryUnreachable, or UserError where the target does not take it
 */
export async function copyImage(registries: Registries, from: string, to: string): Promise<void> {
  const manifest = await registries.manifest(from);
  if (!manifest) throw new UserError(`${from} is not there any more`, "run this again");
  await copyManifest(registries, manifest, from, to);
}

async function copyManifest(registries: Registries, manifest: Manifest, from: string, to: string): Promise<void> {
  const { manifests = [], config, layers = [] } = manifest.content;
  const [source, target] = [imageReference(from), imageReference(to)];
  for (const { digest } of manifests) {
    const image = `${source.registry}/${source.name}@${digest}`;
    const child = await registries.manifest(image);
    if (!child)
      throw new UserError(`${image}, a part of ${from}, is not there`, "build that image again in its own registry");
    await copyManifest(registries, child, image, `${target.registry}/${target.name}@${digest}`);
  }
  for (const blob of uniqueBlobs([...(config ? [config] : []), ...layers])) await copyBlob(registries, blob, from, to);
  const answer = await registries.of(to).request({
    method: "PUT",
    path: `/v2/${target.name}/manifests/${target.digest ?? target.tag}`,
    scopes: scopesOf(from, to),
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
  });
  await done(answer, 201, `${to} was not taken`);
}

function uniqueBlobs(blobs: readonly Descriptor[]): Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

/** What a copy needs to be allowed in the target; one list for all, because an upload cannot ask for more on its way. */
function scopesOf(from: string, to: string): string[] {
  const [source, target] = [imageReference(from), imageReference(to)];
  const push = `repository:${target.name}:pull,push`;
  return source.registry === target.registry && source.name !== target.name ? [push, pull(source.name)] : [push];
}

async function copyBlob(registries: Registries, { digest, size }: Descriptor, from: string, to: string): Promise<void> {
  const [source, target] = [imageReference(from), imageReference(to)];
  const scopes = scopesOf(from, to);
  const [origin, goal] = [registries.of(from), registries.of(to)];
  const there = await goal.request({ method: "HEAD", path: `/v2/${target.name}/blobs/${digest}`, scopes });
  there.resume();
  if (there.statusCode === 200) return;

  const mount =
    source.registry === target.registry ? `?${new URLSearchParams({ mount: digest, from: source.name })}` : "";
  const headers = { "content-length": "0" };
  const begun = await goal.request({
    method: "POST",
    path: `/v2/${target.name}/blobs/uploads/${mount}`,
    scopes,
    headers,
  });
  // 201 is a mount that was made; 202 is an upload to fill, also where the registry mounts nothing.
  if (begun.statusCode === 201) {
    begun.resume();
    return;
  }
  const place = await uploadPlace(begun, to);

  const content = await origin.request({
    method: "GET",
    path: `/v2/${source.name}/blobs/${digest}`,
    scopes: [pull(source.name)],
  });
  if (content.statusCode !== 200) await done(content, 200, `${digest} of ${from} cannot be read`);
  const sent = await goal.request({
    method: "PATCH",
    path: place,
    scopes,
    headers: { "content-type": "application/octet-stream", "content-length": String(size) },
    body: content,
  });
  const next = await uploadPlace(sent, to);
  // The registry itself compares what has come with the digest.
  const end = `${next}${next.includes("?") ? "&" : "?"}${new URLSearchParams({ digest })}`;
  await done(
    await goal.request({ method: "PUT", path: end, scopes, headers }),
    201,
    `${digest} was not taken by ${target.registry}`,
  );
}

/** Where an upload goes on. */
async function uploadPlace(answer: IncomingMessage, to: string): Promise<string> {
  await done(answer, 202, `${to} takes no upload`);
  return answer.headers.location ?? "";
}

/** @throws UserError with what the registry said, where it is not the status that means success */
async function done(answer: IncomingMessage, wanted: number, problem: string): Promise<void> {
  if (answer.statusCode === wanted) {
    answer.resume();
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of answer as AsyncIterable<Buffer>) if (parts.length < 4) parts.push(part);
  const bodyText = Buffer.concat(parts).toString("utf8").replace(/\s+/g, " ").slice(0, 300);
  throw new UserError(
    `${problem}: HTTP ${answer.statusCode}${bodyText ? `, ${bodyText}` : ""}`,
    "look whether the repository is there and your login may write to it",
  );
}
