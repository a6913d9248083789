import { assumed, type Bill, type Inputs, type Written } from "../bill";
import { above, show, word } from "../context";
import { range, times } from "../range";

/** The machine, twice with a standby; its disk from what it has to what it may grow to, twice as well; backups. */
export function cloudSql(bill: Bill, inputs: Inputs): Written {
  const settings = bill.part(inputs.settings, "settings", "the instance");
  if (!settings) return;
  const standby = settings.availabilityType === "REGIONAL";
  if (typeof settings.availabilityType === "string" && !["REGIONAL", "ZONAL"].includes(settings.availabilityType)) {
    bill.unpriced(
      "its standby",
      `whether there is one is not known: availabilityType is ${show(settings.availabilityType)}`,
    );
  }
  const servers = standby ? 2 : 1;
  const both = standby ? ", twice for the standby" : "";
  const [, cores, mebibytes] = /^db-custom-(\d{1,3})-(\d{1,7})$/.exec(word(settings.tier)) ?? [];
  if (settings.edition !== undefined && settings.edition !== "ENTERPRISE") {
    bill.unpriced(`${show(settings.tier)}${both}`, `the sheet has no prices of edition ${show(settings.edition)}`);
  } else if (cores) {
    const gibibytes = Number(mebibytes) / 1024;
    bill.charge({ what: `${cores} vCPU${both}`, item: "sql.cpu", quantity: Number(cores) * servers });
    bill.charge({ what: `${gibibytes} GiB of memory${both}`, item: "sql.memory", quantity: gibibytes * servers });
  } else {
    bill.unpriced(`machine ${show(settings.tier)}${both}`, "only db-custom-<vCPUs>-<MiB> is counted");
  }
  disk(bill, settings, servers, both);
  if (settings.ipConfiguration?.ipv4Enabled === true)
    bill.unpriced("its external address", "the sheet has no price of it");
}

function disk(bill: Bill, settings: Inputs, servers: number, both: string): Written {
  const size = bill.number(settings.diskSize ?? 10, "diskSize", "its disk");
  if (size === undefined) return;
  const grows = settings.diskAutoresize !== false;
  const limit = settings.diskAutoresizeLimit ?? 0;
  // Without a limit it grows to 64 TB, which says nothing about what it costs.
  if (grows && limit === 0) bill.unpriced("growth of its disk", "there is no limit, so there is no most");
  const most = grows && limit !== 0 ? bill.number(limit, "diskAutoresizeLimit", "growth of its disk") : undefined;
  const gibibytes = range(size, size, Math.max(size, most ?? size));
  const item = `sql.disk/${word(settings.diskType ?? "PD_SSD")}`;
  bill.charge({
    what: `disk of ${size}${sizeTo(gibibytes.high, size)} GiB${both}`,
    item,
    quantity: times(gibibytes, servers),
  });
  if (settings.backupConfiguration?.enabled) {
    const kept = times(gibibytes, assumed("backups.cloudSql"));
    bill.charge({ what: "backups", item: "sql.backup", quantity: kept, usage: "backups.cloudSql" });
  }
}

function sizeTo(most: number, size: number): string {
  return most > size ? ` to ${most}` : "";
}

/** Sizes at which a GiB gets cheaper (https://cloud.google.com/memorystore/docs/redis/pricing). */
const capacityTiers = [
  ["M1", 4],
  ["M2", 10],
  ["M3", 35],
  ["M4", 100],
  ["M5", Number.POSITIVE_INFINITY],
] as const;

export function memorystore(bill: Bill, inputs: Inputs): Written {
  const tier = inputs.tier ?? "BASIC";
  const size = bill.number(inputs.memorySizeGb, "memorySizeGb", "its memory");
  if (size === undefined) return;
  const [capacity] = capacityTiers.find(([, most]) => size <= most)!;
  const what = `${size} GiB, tier ${word(tier)}`;
  if (above(inputs.replicaCount, 1)) return bill.unpriced(what, "the sheet has no prices of read replicas");
  bill.charge({ what, item: `memorystore/${word(tier)}/${capacity}`, quantity: size });
}
