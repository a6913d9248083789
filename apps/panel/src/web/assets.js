import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import serveStatic from "@fastify/static";

const folder = fileURLToPath(new URL("../../public/", import.meta.url));

const files = readdirSync(folder).sort();

/** A digest over all assets. It is a folder in their addresses, so the imports between scripts carry it too. */
const build = (() => {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(`${folder}${file}`));
  return hash.digest("hex").slice(0, 12);
})();

/** The address of a file of public/. */
export const assetUrl = (/** @type {string} */ file) => `/assets/${build}/${file}`;

/**
 * Serves public/ under /assets/<digest>/. A browser keeps a file for a year under its own digest only: while two
 * versions run side by side, a page of the other one gets this version's file, but does not keep it.
 *
 * @param {import("fastify").FastifyInstance} app
 */
export async function addAssets(app) {
  await app.register(serveStatic, { root: folder, serve: false, cacheControl: false });
  app.get("/assets/:build/:file", async (request, reply) => {
    const { build: asked, file } = /** @type {{ build: string, file: string }} */ (request.params);
    // A page of another version may name a file that this one does not have.
    if (!files.includes(file)) {
      reply.header("cache-control", "no-store");
      return reply.code(404).type("text/plain; charset=utf-8").send("There is no such file.");
    }
    reply.header("cache-control", asked === build ? "public, max-age=31536000, immutable" : "no-store");
    return reply.sendFile(file);
  });
  app.get("/favicon.ico", async (_request, reply) => {
    reply.header("cache-control", "public, max-age=86400");
    return reply.sendFile("icon.svg");
  });
}
