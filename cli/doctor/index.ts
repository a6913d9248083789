import { cloudOf } from "../../components/clouds";
import { type Checked, unclear, type World } from "../../components/clouds/shared/doctor/model";
import { certificates } from "./checks/certificates";
import { cloudNativePg } from "./checks/cloudNativePg";
import { existingCluster } from "./checks/existingCluster";
import { externalStores } from "./checks/externalStores";
import { names } from "./checks/names";
import { state } from "./checks/state";
import { tools } from "./checks/tools";
import { versions } from "./checks/versions";
import type { Check, Subject } from "./subject";

/** Every check of a stack, in the order in which a person meets what it is about. */
export function checksOf({ settings }: Subject): readonly Check[] {
  const doctor = cloudOf("cluster", settings.cluster.kind)?.doctor();
  const [before, after] = [doctor?.checks ?? [], doctor?.ages ?? []];
  return [
    tools,
    state,
    ...before,
    existingCluster,
    cloudNativePg,
    externalStores,
    versions,
    ...after,
    names,
    certificates,
  ];
}

/**
 * Looks at everything that can keep a stack from coming up or from staying up, and changes nothing. A check that fails by
 * itself is told like anything else that could not be found out: the others go on.
 */
export async function examine(subject: Subject, world: World): Promise<Checked[]> {
  const applying = checksOf(subject).filter((check) => check.applies(subject));
  return Promise.all(
    applying.map(async ({ area, run }) => {
      try {
        return { area, findings: await run(subject, world) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return {
          area,
          findings: [unclear(`${area} could not be checked: ${reason}`, "report it: this is a defect")],
        };
      }
    }),
  );
}
