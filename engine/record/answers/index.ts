import * as pulumi from "@pulumi/pulumi";
import { answerOf } from "./table";

/** Answers for every provider that this program uses. */
export const answers: pulumi.runtime.Mocks = {
  newResource(args) {
    const inputs = args.inputs as Record<string, unknown>;
    if (args.custom === false || args.type.startsWith("pulumi:")) return { id: `${args.name}-id`, state: inputs };
    const at = { preview: pulumi.runtime.isDryRun(), name: args.name };
    const { id = `${args.name}-id`, ...outputs } = answerOf(args.type)(inputs, at);
    return { id: String(id), state: { ...inputs, ...outputs } };
  },
  call(args) {
    throw new Error(`no answer is known for function ${args.token} (engine/record/answers)`);
  },
};
