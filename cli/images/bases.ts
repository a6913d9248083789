/**
 * The images of registries that a Dockerfile takes something from: in FROM, `COPY --from` and `RUN --mount=from`, with
 * its arguments' defaults put in. Its own stages and `scratch` are none.
 */
export function basesOf(dockerfile: string): string[] {
  // A line that ends with a backslash goes on in the next one.
  const lines = dockerfile.replace(/\\\r?\n/g, " ").split(/\r?\n/);
  const values = new Map<string, string>();
  const stages = new Set<string>(["scratch"]);
  const found: string[] = [];
  let stage = 0;
  const take = (text: string | undefined) => {
    const named = text?.replace(
      /\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)/g,
      (_, a, otherwise, b) => values.get(a ?? b) ?? otherwise ?? "",
    );
    if (named && !stages.has(named.toLowerCase()) && !/^\d+$/.test(named)) found.push(named);
  };
  for (const line of lines) {
    const [, argument, value] = /^\s*ARG\s+(\w+)=["']?([^\s"']*)/i.exec(line) ?? [];
    // Only those before the first FROM can be used in one.
    if (argument !== undefined && stage === 0) values.set(argument, value!);
    const [, base, name] = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? [];
    if (base !== undefined) {
      stage++;
      take(base);
      if (name) stages.add(name.toLowerCase());
    }
    for (const [, from] of line.matchAll(/(?:--from=|--mount=\S*\bfrom=)([^\s,]+)/g)) take(from);
  }
  return [...new Set(found)];
}

/** Bases whose tag can come to mean another image: those without a digest. */
export function unpinnedBases(dockerfile: string): string[] {
  return basesOf(dockerfile).filter((base) => !/@sha256:[0-9a-f]{64}$/.test(base));
}
