import { z } from "zod";
import { shortHash } from "../../naming";
import { type SettingsContext, storedAs } from "../../schema/context";
import { mapOf, problemOf, show } from "../../schema/fields";
import { Secret } from "../../schema/secret";
import { secretShape } from "../../schema/values/secretShapes";
import { checkMountPath, isAtOrBelow } from "./mountPath";
import { receivers } from "./receivers";

/** The API server takes no ConfigMap and no Secret with more bytes, names included. */
const mostBytes = 1024 * 1024;

const file = z
  .strictObject({
    text: z.string().optional().describe("its content, readable for everyone who may read the settings"),
    secret: z
      .string()
      .transform((value) => new Secret(value))
      .optional()
      .describe("its content that is secret, stored with `--secret`"),
    for: receivers(),
  })
  .superRefine(({ text, secret }, context) => {
    if ((text === undefined) === (secret === undefined)) {
      const found = text === undefined ? "has no content" : "has text and secret";
      context.addIssue({ code: "custom", message: `${found}; give one of text and secret` });
    }
    const shape = text === undefined ? undefined : secretShape(text);
    if (shape !== undefined) {
      const message = `holds ${shape}, but everyone who may read the settings or the pods can read text. Use secret, stored with --secret`;
      context.addIssue({ code: "custom", path: ["text"], message });
    }
  });

/**
 * The files of an app.
 *
 * @param path where they are in the settings
 */
export function files(context: SettingsContext, path: readonly string[]) {
  return mapOf(file, (name) => problemOf(() => checkMountPath(name, "file")))
    .superRefine((given, issues) => {
      const paths = Object.keys(given);
      for (const one of paths) {
        const above = paths.find((other) => other !== one && isAtOrBelow(one, other));
        if (above !== undefined)
          issues.addIssue({
            code: "custom",
            path: [one],
            message: `stands below ${show(above)}, which is a file; use another path`,
          });
      }
      for (const [kind, object] of [
        ["text", "ConfigMap"],
        ["secret", "Secret"],
      ] as const) {
        const bytes = bytesOf(given, kind);
        if (bytes > mostBytes)
          issues.addIssue({
            code: "custom",
            message: `those with ${kind} have ${bytes} bytes together, and a ${object} takes at most ${mostBytes}; put large files into the image or a volume`,
          });
      }
    })
    .transform((given) =>
      // Of a layer that holds a secret somewhere nobody says that this one is readable.
      Object.fromEntries(
        Object.entries(given).map(([name, file]) => [
          name,
          file.text !== undefined && storedAs(context, [...path, name, "text"]) !== "plain"
            ? { ...file, text: undefined, secret: new Secret(file.text) }
            : file,
        ]),
      ),
    )
    .prefault({})
    .describe(
      "files in its containers, by path, read-only. Another content rolls the pods; all texts together have at most 1 MiB, and so have all secrets",
    );
}

type Given = Readonly<Record<string, { readonly text?: string | undefined; readonly secret?: Secret | undefined }>>;

function bytesOf(given: Given, kind: "text" | "secret"): number {
  return Object.entries(given).reduce((sum, [path, { text, secret }]) => {
    const content = kind === "text" ? text : secret?.reveal();
    return content === undefined ? sum : sum + Buffer.byteLength(content) + fileKey(path).length;
  }, 0);
}

/** The key that a file has in its ConfigMap or Secret: its name, and what tells it from one of the same name elsewhere. */
export function fileKey(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]/g, "-");
  return `${shortHash(path)}-${name}`;
}
