import { isIP } from "node:net";
import { advice, type Finding, ok, unclear, type World } from "../../../components/clouds/shared/doctor/model";
import { holds } from "../../../components/schema/values/network";
import type { Check, Subject } from "../subject";

/** A server that somebody else runs, by the key of the settings that names it. */
interface Place {
  readonly key: string;
  readonly host: string;
  readonly networks?: readonly ("internet" | { readonly cidr: string })[] | undefined;
}

/** The stores that somebody else runs: whether their names lead into the networks that the pods may connect to. */
export const externalStores: Check = {
  area: "stores of others",
  applies: (subject) => placesOf(subject).length > 0,
  async run(subject, world) {
    const found = await Promise.all(placesOf(subject).map((place) => addressesOf(place, world)));
    return found.flat();
  },
};

function placesOf({ settings: { postgres, redis } }: Subject): Place[] {
  const { replica } = postgres?.kind === "external" ? postgres : {};
  return [
    ...(postgres?.kind === "external" ? [{ key: "postgres", ...postgres }] : []),
    ...(replica ? [{ key: "postgres.replica", ...replica }] : []),
    ...(redis?.kind === "external" ? [{ key: "redis", ...redis }] : []),
  ];
}

/** This machine may be told other addresses than the pods are, so nothing here is in the way of an `up` for certain. */
async function addressesOf({ key, host, networks }: Place, world: World): Promise<Finding[]> {
  if (networks === undefined || networks.includes("internet")) return [];
  const known = isIP(host) === 0 ? await world.resolve(host, "A") : [host];
  const what = `${key}.host: ${host}`;
  if (known === undefined || known.length === 0)
    return [
      unclear(`${what} has no address that this machine is told`, "ask a resolver that the pods ask, or its owner"),
    ];
  const cidrs = networks.flatMap((network) => (network === "internet" ? [] : [network.cidr]));
  const outside = known.filter((address) => !cidrs.some((cidr) => holds(cidr, address)));
  if (outside.length === 0) return [ok(`${what} is in ${cidrs.join(", ")}, which the pods may connect to`)];
  return [
    advice(
      `${what} is ${outside.join(", ")} for this machine, which none of ${key}.networks holds: ${cidrs.join(", ")}`,
      `name its network in ${key}.networks, unless the pods are told another address`,
    ),
  ];
}
