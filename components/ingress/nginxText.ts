/** A block of NGINX' configuration with its body indented. */
export function block(head: string, ...body: string[]): string {
  return `${head} {\n${lines(...body)
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n}`;
}

/** Parts of a configuration, each on lines of its own. */
export function lines(...parts: string[]): string {
  return `${parts.join("\n")}\n`;
}
