import { clouds } from "../../../components/clouds";
import type { Answer, Answers } from "../../../components/clouds/shared/answers";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { kubernetes } from "./kubernetes";
import { random, tls } from "./local";

/** The types that this program may use, whatever its cloud. */
const known: Answers = { ...random, ...tls };

/** The answers of every cloud, read once one of them is asked for. */
let ofClouds: Answers | undefined;

function answerOfCloud(type: string): Answer | undefined {
  ofClouds ??= Object.assign({}, ...Object.values<CloudModule>(clouds).map((cloud) => cloud.answers()));
  return ofClouds![type];
}

/**
 * What a provider would answer for a type of resource.
 * @throws Error for a type that nobody has written an answer for
 */
export function answerOf(type: string): Answer {
  const answer = known[type] ?? (type.startsWith("kubernetes:") ? kubernetes : answerOfCloud(type));
  if (!answer) throw new Error(`no answer is known for resource type ${type} (engine/record/answers)`);
  return answer;
}
