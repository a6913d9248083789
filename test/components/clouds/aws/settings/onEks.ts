import { sample } from "../../../../support/samples/eks";
import { problems, type Raw } from "../../../settings/stack";

/** The least settings on EKS, changed. */
export const onEks = (change: (cluster: Raw) => void) => (raw: Raw) => {
  raw.cluster = sample();
  raw.edge.httpsPort = 443;
  raw.edge.httpPort = 80;
  raw.operations = { rolloutTimeoutSeconds: 1200 };
  change(raw.cluster);
};

/** The errors that a change of the least settings causes. */
export const wrong = (change: (cluster: Raw) => void) => problems(onEks(change));

/** One change of the least settings, and the only thing that is said of it. */
export interface Case {
  readonly row: string;
  readonly change: (cluster: Raw) => void;
  readonly says: string;
}
