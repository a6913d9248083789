import assert from "node:assert/strict";

/** The one line of JSON with this message that a job has printed. */
export function jobLine(output: string, message: string): any {
  const [line] = output.split("\n").filter((one) => one.startsWith(`{"message":"${message}"`));
  assert.ok(line, output);
  return JSON.parse(line);
}
