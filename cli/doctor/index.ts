import { amazonAccount } from "./checks/amazonAccount";
import { amazonAges } from "./checks/amazonAges";
import { amazonPlace } from "./checks/amazonPlace";
import { amazonQuotas } from "./checks/amazonQuotas";
import { apiReach } from "./checks/apiReach";
import { certificates } from "./checks/certificates";
import { existingCluster } from "./checks/existingCluster";
import { googleAccount } from "./checks/googleAccount";
import { googlePlace } from "./checks/googlePlace";
import { googleRights } from "./checks/googleRights";
import { names } from "./checks/names";
import { state } from "./checks/state";
import { tools } from "./checks/tools";
import { versions } from "./checks/versions";
import { type Check, type Checked, type Subject, unclear, type World } from "./model";

/** Every check, in the order in which a person meets what it is about. */
export const checks: readonly Check[] = [
  ...[tools, state, googleAccount, googleRights, amazonAccount, existingCluster],
  ...[googlePlace, amazonPlace, amazonQuotas, apiReach, versions, amazonAges, names, certificates],
];

/**
 * Looks at everything that can keep a stack from coming up or from staying up, and changes nothing. A check that fails by
 * itself is told like anything else that could not be found out: the others go on.
 */
export async function examine(subject: Subject, world: World): Promise<Checked[]> {
  const applying = checks.filter((check) => check.applies(subject));
  return Promise.all(
    applying.map(async ({ area, run }) => {
      try {
        return { area, findings: await run(subject, world) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return {
          area,
          findings: [unclear(`${area} could not be looked at: ${reason}`, "report it: this is a defect")],
        };
      }
    }),
  );
}
