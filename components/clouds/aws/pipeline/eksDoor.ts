import { isIPv4 } from "node:net";
import { UserError } from "../../../../lib/userError";
import { complaint } from "../../shared/doctor/ask";
import type { Answer } from "../../shared/doctor/model";
import type { ApiDoor, DoorManner, DoorWorld } from "../../shared/pipeline";
import { type Door, doorsOf, doorTag, isOver } from "../doorTags";

/** A cluster and who reaches it, as the stack's settings say. */
interface EksCluster {
  readonly name: string;
  readonly region: string;
  readonly api: { readonly public: boolean; readonly allowedCidrs: readonly string[] };
}

interface Described {
  readonly arn: string;
  readonly endpoint?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly resourcesVpcConfig: {
    readonly endpointPublicAccess: boolean;
    readonly publicAccessCidrs?: readonly string[];
  };
}

/** Questions about one update, or tries while another one runs: at ten seconds each most of half an hour. */
const patience = 150;

/**
 * The way into an EKS API server for one address and a limited time. A door is a tag of the cluster with the address and
 * the time at which it is forgotten, written before anything is opened: whoever comes next closes what a killed run left.
 * What the settings say stays open all the while, and nothing but that after the last door is closed.
 *
 * `pulumi up` does not notice, because it compares settings with its state; where the same `up` changes `cluster.api`, EKS
 * gets the settings alone, and the run has to be repeated.
 */
export class EksDoor implements ApiDoor {
  constructor(
    private readonly cluster: EksCluster,
    private readonly world: DoorWorld,
    private readonly manner: DoorManner,
  ) {}

  async open(address: string | undefined, minutes: number): Promise<void> {
    const { name } = this.cluster;
    const found = await this.describe();
    if (!found) {
      return this.manner.say(`${name} is not there yet: its first up has to come from cluster.api.allowedCidrs`);
    }
    const host = new URL(found.endpoint ?? "https://none.invalid").hostname;
    if (await this.world.connects(host, 443)) {
      return this.manner.say(`the API server of ${name} answers this machine, so no door is opened`);
    }
    if (!address || !isIPv4(address)) {
      throw new UserError(
        `the address that this machine comes from is ${address ?? "not known"}, and EKS opens to IPv4 addresses only`,
        "give it with --address, or run this in cluster.network.vpc or cluster.api.privateCidrs",
      );
    }
    const until = new Date(this.world.now.getTime() + minutes * 60_000);
    await this.aws("eks", "tag-resource", "--resource-arn", found.arn, "--tags", `${doorTag(address)}=${stamp(until)}`);
    const kept = this.doors(found).filter((door) => !isOver(door, this.world.now) && door.address !== address);
    await this.admit([...kept, { tag: doorTag(address), address, until }]);
    await this.forget(found, [...kept.map(({ tag }) => tag), doorTag(address)]);
    for (let tries = 0; !(await this.world.connects(host, 443)); tries++) {
      if (tries >= patience) {
        throw new UserError(
          `${name} is open to ${address}, and its API server does not answer this machine`,
          "see whether this machine comes from that address: curl https://checkip.amazonaws.com",
        );
      }
      await this.manner.pause();
    }
    this.manner.say(`${name} is open to ${address} until ${stamp(until)} at the latest`);
  }

  close(address: string | undefined): Promise<void> {
    return this.shut((door) => door.address === address || isOver(door, this.world.now));
  }

  sweep(): Promise<void> {
    return this.shut((door) => isOver(door, this.world.now));
  }

  private async shut(isDone: (door: Door) => boolean): Promise<void> {
    const { name } = this.cluster;
    const found = await this.describe();
    const all = found ? this.doors(found) : [];
    const done = all.filter(isDone);
    if (!found || done.length === 0) return this.manner.say(`${name} has no door to close`);
    const kept = all.filter((door) => !isDone(door));
    await this.admit(kept);
    // Last: a run that is killed before finds it again.
    await this.forget(
      found,
      kept.map(({ tag }) => tag),
    );
    this.manner.say(`${name} is closed to ${done.map(({ address }) => address).join(", ")}`);
  }

  private doors({ tags = {} }: Described): Door[] {
    return doorsOf(tags);
  }

  private async forget(found: Described, kept: readonly string[]): Promise<void> {
    const over = this.doors(found)
      .map(({ tag }) => tag)
      .filter((tag) => !kept.includes(tag));
    if (over.length > 0) await this.aws("eks", "untag-resource", "--resource-arn", found.arn, "--tag-keys", ...over);
  }

  /** Makes the endpoint what the settings say, with the doors on top, and waits until it is. */
  private async admit(doors: readonly Door[]): Promise<void> {
    const { api, name } = this.cluster;
    const addresses = doors.map(({ address }) => `${address}/32`);
    const open = api.public || doors.length > 0;
    const cidrs = [...new Set([...(api.public ? api.allowedCidrs : []), ...addresses])];
    const config = {
      ...{ endpointPrivateAccess: true, endpointPublicAccess: open },
      // Without networks of the settings' own a public endpoint is open to all, and stays so.
      ...(open && cidrs.length > 0 && !(api.public && api.allowedCidrs.length === 0)
        ? { publicAccessCidrs: cidrs }
        : {}),
    };
    const args = ["--name", name, "--resources-vpc-config", JSON.stringify(config)] as const;
    for (let tries = 0; tries < patience; tries++) {
      const { exitCode, stdout, stderr } = await this.ask("eks", "update-cluster-config", ...args);
      if (exitCode === 0) return this.updated((JSON.parse(stdout) as { update: { id: string } }).update.id);
      if (/already at the desired configuration/i.test(stderr)) return;
      // Another update of the cluster is under way, for example one that `pulumi up` has begun.
      if (!/ResourceInUseException/.test(stderr)) throw this.refused({ exitCode, stdout, stderr });
      await this.manner.pause();
    }
    throw new UserError(
      `${name} is being changed by somebody else for half an hour`,
      "run this again when that is over",
    );
  }

  private async updated(id: string): Promise<void> {
    const { name } = this.cluster;
    for (let tries = 0; tries < patience; tries++) {
      const { update } = await this.aws<{ update: { status: string; errors?: { errorMessage?: string }[] } }>(
        ...(["eks", "describe-update", "--name", name, "--update-id", id] as const),
      );
      if (update.status === "Successful") return;
      if (update.status !== "InProgress") {
        const why = (update.errors ?? []).map(({ errorMessage }) => errorMessage).join("; ") || update.status;
        throw new UserError(`EKS did not change who reaches ${name}: ${why}`, `aws eks list-updates --name ${name}`);
      }
      await this.manner.pause();
    }
    throw new UserError(`EKS is still changing who reaches ${name}`, `aws eks describe-update --update-id ${id}`);
  }

  private async describe(): Promise<Described | undefined> {
    const answer = await this.ask("eks", "describe-cluster", "--name", this.cluster.name);
    if (/ResourceNotFoundException/.test(answer.stderr)) return undefined;
    if (answer.exitCode !== 0) throw this.refused(answer);
    return (JSON.parse(answer.stdout) as { cluster: Described }).cluster;
  }

  private async aws<T>(...args: readonly string[]): Promise<T> {
    const answer = await this.ask(...args);
    if (answer.exitCode !== 0) throw this.refused(answer);
    return (answer.stdout.trim() === "" ? {} : JSON.parse(answer.stdout)) as T;
  }

  private ask(...args: readonly string[]) {
    return this.world.run("aws", ...args, "--region", this.cluster.region, "--output", "json");
  }

  private refused(answer: Answer): UserError {
    return new UserError(
      `the door of ${this.cluster.name}: ${complaint("aws", answer)}`,
      "its role needs eks:DescribeCluster, UpdateClusterConfig, DescribeUpdate, TagResource and UntagResource (docs/pull-requests.md)",
    );
  }
}

/** To the second, as a tag holds it. */
function stamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
