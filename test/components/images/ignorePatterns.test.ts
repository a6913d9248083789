import assert from "node:assert/strict";
import { test } from "node:test";
import { ignorePatterns } from "../../../components/images/ignorePatterns";

// The rules of https://docs.docker.com/build/concepts/context/#dockerignore-files, a row each.
const rows: readonly [patterns: string, ignored: readonly string[], kept: readonly string[]][] = [
  ["a", ["a", "a/b"], ["b/a", "ab"]],
  ["/a/", ["a", "a/b"], ["b/a"]],
  ["*/temp*", ["x/temporary.txt", "x/temp/y"], ["temp", "x/y/temp"]],
  ["temp?", ["tempa", "tempb"], ["temp", "tempab"]],
  ["**/*.go", ["a.go", "x/y/a.go"], ["a.gob"]],
  ["**/test", ["test", "x/test", "x/test/y"], ["x/tests"]],
  ["a/**", ["a/b", "a/b/c"], ["b"]],
  ["*.md\n!README*.md\nREADME-secret.md", ["a.md", "README-secret.md"], ["README.md", "README-1.md"]],
  ["*.md\nREADME-secret.md\n!README*.md", ["a.md"], ["README-secret.md"]],
  ["# comment\n\n  a  \r\nb", ["a", "b"], ["# comment"]],
  ["a\n!a/keep", ["a/x"], ["a/keep", "a/keep/x"]],
  ["./a\nb/../c", ["a", "c"], ["b"]],
  ["[ab].txt\nd\\*", ["a.txt", "d*"], ["c.txt", "dx"]],
  [".git*", [".git", ".gitignore"], ["x/.git"]],
  ["a.b+(c)", ["a.b+(c)"], ["axb+(c)"]],
  ["*", ["a", "a/b"], []],
];

for (const [patterns, ignored, kept] of rows) {
  test(`${JSON.stringify(patterns)} is read as Docker reads it`, () => {
    const isIgnored = ignorePatterns(patterns);
    for (const path of ignored) assert.equal(isIgnored(path), true, path);
    for (const path of kept) assert.equal(isIgnored(path), false, path);
  });
}
