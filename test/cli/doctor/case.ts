import type { Status } from "../../../components/clouds/shared/doctor/model";
import type { Calls } from "./fakeHosts";

/** One thing that is wrong in an otherwise good world, and what is said of it. */
export type Case = readonly [
  name: string,
  stack: string,
  calls: Calls,
  change: Calls,
  status: Status,
  what: RegExp,
  todo: RegExp,
];
