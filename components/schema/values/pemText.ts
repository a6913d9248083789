import { readFileSync } from "node:fs";
import { z } from "zod";
import type { SettingsContext } from "../context";
import { Problem, show } from "../fields";
import { absolute } from "./paths";
import { words } from "./words";

/** PEM text, or the file that holds it. The text is never shown. */
export function pemText<T>(context: SettingsContext, parse: (text: string) => T) {
  const form = "give PEM text, or {file: path}";
  return z
    .union(
      [z.string(), z.strictObject({ file: words().describe("in the map: path from the repository's root or `~/…`") })],
      {
        error: (issue) => (issue.input === undefined ? undefined : `is neither text nor a file; ${form}`),
      },
    )
    .transform((value, issues): T => {
      try {
        return parse(typeof value === "string" ? value : readText(absolute(value.file, context)));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        issues.addIssue({ code: "custom", path: typeof value === "string" ? [] : ["file"], message: error.message });
        return z.NEVER;
      }
    });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Problem(
      `${show(path)} cannot be read (${(error as NodeJS.ErrnoException).code}); name a file that is there and readable`,
    );
  }
}
