import { z } from "zod";
import { flag, mapOf, whole } from "../../schema/fields";
import { type VariableOwner, variableNameProblem } from "../shared/environment";
import { receivers } from "./receivers";

/** Secret variables whose values the platform makes: nobody has to invent, store or hand on any. */
export function generated(owner: Pick<VariableOwner, "tables">) {
  const value = z.strictObject({
    // Rails and Phoenix ask for 64; 256 bits are 43.
    length: whole(16, 256, " characters").prefault(64).describe("how many letters and digits it has"),
    generation: whole(1, 1_000_000)
      .prefault(1)
      .describe(
        "raise it by one for a new value. Without `overlap`, what was signed or encrypted with the old one is then lost",
      ),
    overlap: flag()
      .prefault(false)
      .describe(
        "whether the app also gets the values of the generation before and after, in the variable with `_ACCEPTED` at its end. A comma separates them. An app that accepts them loses nothing when the generation is raised",
      ),
    file: flag()
      .prefault(false)
      .describe("whether it is a file, whose path is in the variable with `_FILE` at its end"),
    for: receivers(),
  });
  return mapOf(
    value,
    (name) => variableNameProblem(owner, name) ?? variableNameProblem(owner, acceptedVariable(name, {})),
  )
    .prefault({})
    .describe(
      "further secret variables that the platform makes, by name, e.g. `SECRET_KEY_BASE: {}`. Each keeps its value until its generation is raised",
    );
}

interface Form {
  readonly file?: boolean | undefined;
}

/** The variable that an app gets of it. */
export function generatedVariable(name: string, { file }: Form): string {
  return file ? `${name}_FILE` : name;
}

/** The variable with the values that an app accepts beside it. */
export function acceptedVariable(name: string, form: Form): string {
  return generatedVariable(`${name}_ACCEPTED`, form);
}
