import { layersAt } from "../../engine/stack/stackFile";
import type { Target } from "../../engine/stack/target";
import { NotConfirmed } from "../../lib/userError";
import type { Access } from "./command";

/**
 * Whether a stack is one of production: its `operations.protect` is true (what holds data is protected), its
 * `operations.stage` or its own name starts with `prod`, or its `operations` are encrypted as a whole, so that nobody can
 * know.
 *
 * @throws UserError when the stack's file is no YAML
 */
export function isProduction({ stack, stackFile }: Pick<Target, "stack" | "stackFile">): boolean {
  const { operations } = layersAt(stackFile);
  const { protect, stage, secure } = (operations ?? {}) as Readonly<Record<string, unknown>>;
  // The CLI writes what `pulumi config set` was given as a text.
  if (protect === true || protect === "true" || secure !== undefined) return true;
  return [stack, stage].some((name) => typeof name === "string" && /^prod/i.test(name));
}

/** What decides whether production may be touched. */
export interface Yes {
  readonly command: string;
  readonly access: Access;
  readonly target: Pick<Target, "stack">;
  readonly production: boolean;
  /** What `--production` names, if it was given. */
  readonly flag: string | undefined;
  /** What `SWITCHBOARD_PRODUCTION` names, if it is set. */
  readonly variable: string | undefined;
  /** Asks on the terminal; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

/**
 * Lets a call through to a stack of production only after a clear yes: the stack's name in `--production` or in
 * `SWITCHBOARD_PRODUCTION`, or an answer on the terminal (the stack's name before something is changed, "yes" before
 * something is read). `--yes` is none. Nothing is reached before.
 *
 * @throws NotConfirmed
 */
export async function requireYes({ command, access, target, production, flag, variable, ask }: Yes): Promise<void> {
  const { stack } = target;
  if (flag !== undefined && flag !== stack) {
    throw new NotConfirmed(
      `--production names ${JSON.stringify(flag)}, and the stack is ${stack}; nothing was reached`,
      production ? `give --production ${stack} if that one is meant` : `name the stack that is meant: --stack NAME`,
    );
  }
  if (!production || access === "none" || flag === stack || variable === stack) return;
  const what = access === "write" ? "change" : "look at";
  const todo = `give --production ${stack}, or set SWITCHBOARD_PRODUCTION=${stack}`;
  if (!ask) {
    const otherStack = variable ? ` (SWITCHBOARD_PRODUCTION names ${JSON.stringify(variable)})` : "";
    throw new NotConfirmed(
      `the stack ${stack} is production, and ${command} needs a clear yes to ${what} it${otherStack}; nothing was reached`,
      todo,
    );
  }
  const wanted = access === "write" ? stack : "yes";
  const answer = await ask(
    access === "write"
      ? `The stack ${stack} is production, and ${command} can change it. Type its name to go on: `
      : `The stack ${stack} is production, and ${command} looks at it. Only "yes" goes on: `,
  );
  if (answer === wanted) return;
  throw new NotConfirmed(`the answer was not ${JSON.stringify(wanted)}; nothing was reached`, `answer it, or ${todo}`);
}
