/**
 * The rules of a `.dockerignore` file as Docker reads them: one pattern a line, from the folder's root, `*` and `?` within
 * a name, `**` over any number of folders, `!` takes back; the last rule that fits counts, and what lies in an ignored
 * folder is ignored too (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 *
 * @returns whether a path with `/` between its parts is ignored
 */
export function ignorePatterns(text: string): (path: string) => boolean {
  const rules = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "!")
    .map((line) => {
      const takesBack = line.startsWith("!");
      return { takesBack, form: formOf(cleaned(takesBack ? line.slice(1).trim() : line)) };
    });
  return (path) => {
    const parts = path.split("/");
    const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    let ignored = false;
    for (const { takesBack, form } of rules) {
      if (ignored === takesBack && above.some((part) => form.test(part))) ignored = !takesBack;
    }
    return ignored;
  };
}

/** As Go's filepath.Clean, with no slash at either end. */
function cleaned(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function formOf(pattern: string): RegExp {
  let form = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (pattern.startsWith("**", at)) {
      at++;
      // `**/` is any number of folders, also none.
      if (pattern[at + 1] === "/") {
        at++;
        form += "(?:.*/)?";
      } else form += ".*";
    } else if (char === "*") form += "[^/]*";
    else if (char === "?") form += "[^/]";
    else if (char === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      form += `[${pattern.slice(at + 1, end).replace(/\\(?![\]^\\-])/g, "\\\\")}]`;
      at = end;
    } else if (char === "\\" && at + 1 < pattern.length) form += pattern[++at]!.replace(/[^\w]/, "\\$&");
    else form += char.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  }
  try {
    return new RegExp(`^${form}$`, "s");
  } catch {
    // A class that is none, like `[z-a]`, fits nothing.
    return /(?!)/;
  }
}
