import { type Forge, forgeOf, type Place, tokenVariables } from "../../review/forge";

/** Whether a label lets danger pass, and what there is to say about it. */
export interface Allowance {
  readonly open: boolean;
  /** A sentence about a label that counts, or about one that is there and does not; undefined where there is none. */
  readonly said?: string;
}

const none: Allowance = { open: false };

/**
 * Whether a label allows what a pull request would destroy. It is given for one commit: it counts when somebody who may
 * write gave it after that commit became the head, and the next push makes it void. Who gave it, when, and when the commit
 * came, says the forge; an event or a variable of the pipeline is the word of its beginning, and says nothing of that.
 * @param label its name; without one nothing is allowed
 */
export async function allowanceOf(
  label: string | undefined,
  place: Place | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Allowance> {
  if (label === undefined || place?.number === undefined) return none;
  const variable = tokenVariables[place.forge];
  if (!env[variable]) {
    const said = `nobody can be asked who gave the label ${label}, and for what commit: ${variable} is not set`;
    return place.labels.includes(label) ? { open: false, said } : none;
  }
  return allowanceBy(forgeOf(place, env), label, place.number, place.commit);
}

/** The same, asked of a forge. */
async function allowanceBy(forge: Forge, label: string, number: number, commit: string): Promise<Allowance> {
  const now = await forge.pullRequest(number);
  if (!now?.labels.includes(label)) return none;
  const short = commit.slice(0, 7);
  const shut = (why: string): Allowance => ({ open: false, said: `the label ${label} does not count: ${why}` });
  if (now.head !== commit) return shut(`${short} is not the head any more; look at the run of ${now.head.slice(0, 7)}`);
  const labelled = await forge.labelled(number, label, commit);
  if (!labelled) return shut("the forge does not say who gave it; take it away and give it again");
  const { by, given, mayWrite, arrived } = labelled;
  const who = by || "an account that is gone";
  if (!mayWrite) return shut(`${who} gave it, who may not write to this repository`);
  if (!arrived) return shut(`nothing says when ${short} came; push again, then give it again`);
  if (given <= arrived) {
    return shut(
      `${who} gave it at ${given.toISOString()}, before ${short} came; look at what ${short} would do, take the label away, give it again and run the job again`,
    );
  }
  return { open: true, said: `${who} allows it for ${short} by the label ${label}; the next push makes that void` };
}
