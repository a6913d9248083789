import type { Situation } from "../situation";
import { apps } from "./apps";
import { cluster } from "./cluster";
import { data } from "./data";
import { drift } from "./drift";
import { edge } from "./edge";
import { failures } from "./failures";
import { state } from "./state";
import { values } from "./values";

/** Everything that is recorded. */
export const situations: readonly Situation[] = [
  ...state,
  ...apps,
  ...data,
  ...cluster,
  ...edge,
  ...values,
  ...failures,
  ...drift,
];
