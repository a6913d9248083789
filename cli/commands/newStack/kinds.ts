import { clouds } from "../../../components/clouds";
import type { CloudModule } from "../../../components/clouds/shared/module";
import { type Given, type NewStackKind, type Question, textOf } from "../../../components/clouds/shared/newStack";
import { local } from "./local";

const listed = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** Where a new stack can run, by the answer to that question: this machine, then the kinds of cluster of every cloud. */
export const kinds: Readonly<Record<string, NewStackKind>> = {
  local,
  ...Object.assign({}, ...Object.values<CloudModule>(clouds).map((cloud) => cloud.newStack())),
};

/** The kind that was chosen; the local nodes while none is. */
export function kindOf({ where = "local" }: Given): NewStackKind {
  return kinds[where] ?? local;
}

/**
 * What single kinds ask, each question once: where two ask for the same, each asks in its own words.
 *
 * @param part before the host names, after them, or where images are built
 */
export function questionsOfKinds(part: "questions" | "hostQuestions" | "imageQuestions"): Question[] {
  const keys = new Set(
    Object.values(kinds)
      .flatMap((kind) => kind[part] ?? [])
      .map(({ key }) => key),
  );
  return [...keys].map((key) => {
    const asking = Object.entries(kinds).flatMap(([where, kind]) => {
      const question = kind[part]?.find((one) => one.key === key);
      return question ? [[where, question] as const] : [];
    });
    const of = ({ where }: Given) => asking.find(([name]) => name === where)?.[1];
    const [, first] = asking[0]!;
    return {
      ...first,
      help: `with ${listed.format(asking.map(([where]) => where))}: ${first.help}`,
      settings: [...new Set(asking.flatMap(([, { settings }]) => settings))],
      applies: (given) => {
        const question = of(given);
        return question !== undefined && (question.applies?.(given) ?? true);
      },
      message: (given) => textOf((of(given) ?? first).message, given),
      suggestion: (given) => of(given)?.suggestion?.(given),
    };
  });
}
