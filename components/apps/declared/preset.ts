import { choice } from "../../schema/fields";
import { presets } from "../presets";

/** An app whose settings are known by its image. */
export const preset = () =>
  choice(Object.keys(presets) as [keyof typeof presets])
    .optional()
    .describe(
      "an app whose settings the platform knows: it fills in those that are not given here, also required ones. docs/panel-and-chat.md says which; default: none",
    );
