import { secret } from "./marks";
import { findEncoded, findKeys, isKubeconfig } from "./shapes/blocks";
import { findCommands } from "./shapes/commands";
import { findPairs } from "./shapes/pairs";
import { replaced, Scan, type Stretch } from "./shapes/scan";
import { findTokens } from "./shapes/tokens";
import { findUrls } from "./shapes/urls";
import { joined, type View, visible } from "./shapes/views";

export { isSecretKey } from "./shapes/keys";

/** Whether a text names a secret that is elsewhere and is none itself. */
export function isReference(text: string): boolean {
  return /^(projects\/[\w-]+\/|arn:aws[\w-]*:(secretsmanager|ssm|iam|kms):)/.test(text);
}

/**
 * A text with everything masked that looks like a secret; all of it where it is one. The time grows with the length of
 * the text alone: no rule reads a character more than a fixed number of times.
 */
export function withoutShapes(text: string): string {
  return masked(text).text;
}

/** What was masked, and how many characters were looked at for it. */
export function masked(text: string): { readonly text: string; readonly steps: number } {
  // Most texts are short words: nothing that opens something is shorter than this.
  if (text.length < 8 || text === secret) return { text, steps: text.length };
  if (isKubeconfig(text)) return { text: secret, steps: text.length };
  const { found, steps } = search(text, true);
  return { text: found.length === 0 ? text : replaced(text, found, secret), steps };
}

/**
 * Every stretch of a text that looks like a secret.
 * @param deep whether texts in base64 are opened and looked through too
 */
function search(text: string, deep: boolean): { found: Stretch[]; steps: number } {
  const plain = visible(text);
  const scan = new Scan(plain.text);
  let within = 0;
  const opens = (encoded: string) => {
    if (isKubeconfig(encoded)) return true;
    const inner = search(encoded, false);
    within += inner.steps;
    return inner.found.length > 0;
  };
  findKeys(scan);
  findTokens(scan);
  findUrls(scan);
  findPairs(scan);
  findCommands(scan);
  if (deep) findEncoded(scan, opens);
  const found = [...scan.found];
  // A token that a terminal or a mail has broken over two lines.
  const whole = joined(plain.text);
  let steps = scan.steps;
  if (whole) {
    const second = new Scan(whole.text, whole.breaks);
    findTokens(second);
    if (deep) findEncoded(second, opens);
    found.push(...second.found.map((stretch) => placed(stretch, whole)));
    steps += second.steps;
  }
  return { found: found.map((stretch) => placed(stretch, plain)), steps: steps + within + text.length };
}

/** A stretch of a view, in the text that the view was made of. */
function placed({ from, to }: Stretch, { places }: View): Stretch {
  return places ? { from: places[from]!, to: places[to - 1]! + 1 } : { from, to };
}
