import type { Check as AnyCheck } from "../../schema/check";
import type { ParsedLayers } from "../layers";

/** The layers that are right in themselves; a check does nothing while one that it needs is missing. */
export type Layers = Partial<ParsedLayers>;

/** What lies between settings, whatever the cloud. */
export type Check = AnyCheck<Layers>;

export { Findings } from "../../schema/check";
