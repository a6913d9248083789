import type { Answer } from ".";
import { amazon } from "./amazon";
import { google } from "./google";
import { kubernetes } from "./kubernetes";
import { random, tls } from "./local";

/** The types that this program may use; any other type is an error. */
const known: Readonly<Record<string, Answer>> = { ...random, ...tls, ...google, ...amazon };

/**
 * What a provider would answer for a type of resource.
 * @throws Error for a type that nobody has written an answer for
 */
export function answerOf(type: string): Answer {
  const answer = known[type] ?? (type.startsWith("kubernetes:") ? kubernetes : undefined);
  if (!answer) throw new Error(`no answer is known for resource type ${type} (engine/record/answers)`);
  return answer;
}
