import type { Answer } from "../../../components/clouds/shared/facts/answer";
import { factsOf } from "../../../components/facts";
import { kubernetes } from "./kubernetes";

/**
 * What a provider would answer for a type of resource.
 * @throws Error for a type that nobody has written an answer for
 */
export function answerOf(type: string): Answer {
  const answer = type.startsWith("kubernetes:") ? kubernetes : factsOf(type)?.answer;
  if (!answer) throw new Error(`no answer is known for resource type ${type} (the facts of its cloud)`);
  return answer;
}
