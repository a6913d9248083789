import type { EnvironmentVariable, MountedFiles, Postgres } from "../../contracts";
import type { IngressSettings } from "../../ingress/settings";
import { type KeyPairs, publicKeysFile } from "../shared/keyPairs";
import { publicKeysVariable } from "./keys";
import { advice, prefixOf, Unusable } from "./references";
import { routesOf } from "./route";
import { type Addressed, addressOf } from "./urls";
import { variableWord } from "./variableWord";

/** Of an app that others know something of. */
export interface KnownApp {
  readonly processes: Readonly<Record<string, { readonly route?: Addressed | readonly Addressed[] | undefined }>>;
  readonly uses: { readonly postgres: boolean };
  readonly keys: Readonly<Record<string, unknown>>;
}

type KnownApps = Readonly<Record<string, KnownApp>>;

/** What an app wants to know. */
export interface Knowing {
  readonly addresses: readonly string[];
  readonly schemas: readonly string[];
  readonly keys: readonly string[];
}

/** What each reference of a group is looked up with. @returns what is wrong with it, else the variables that it gives */
export const knownGroups = {
  addresses: (reference: string, apps: KnownApps) => {
    const found = routed(reference, apps);
    return found instanceof Unusable ? found : Object.keys(addressVariables(reference, found, { httpsPort: 443 }));
  },
  schemas: (reference: string, apps: KnownApps) => {
    const app = Object.hasOwn(apps, reference) ? apps[reference]! : undefined;
    if (!app) return new Unusable(`is not one of apps; ${advice(reference, Object.keys(apps))}`);
    if (!app.uses.postgres) return new Unusable(`has nothing in Postgres; set apps.${reference}.uses.postgres`);
    return Object.keys(schemaVariables(reference, { schema: "", role: "" }));
  },
  keys: (reference: string, apps: KnownApps) => {
    const all = Object.entries(apps).flatMap(([app, { keys }]) => Object.keys(keys).map((key) => `${app}/${key}`));
    return all.includes(reference)
      ? [publicKeysVariable(keyOf(reference))]
      : new Unusable(`is no key of an app; ${advice(reference, all)}`);
  },
} satisfies Record<keyof Knowing, (reference: string, apps: KnownApps) => readonly string[] | Unusable>;

/** The first address of a process that has one. */
function routed(reference: string, apps: KnownApps): Addressed | Unusable {
  const [appName = "", wanted] = reference.split("/");
  const app = Object.hasOwn(apps, appName) ? apps[appName]! : undefined;
  if (!app) return new Unusable(`is not one of apps; ${advice(appName, Object.keys(apps))}`);
  const open = Object.entries(app.processes).flatMap(([process, { route }]) => {
    const [first] = routesOf("", route);
    return first ? [{ name: `${appName}/${process}`, route: first.route }] : [];
  });
  const [first, second] = open;
  if (!first) return new Unusable("has no public address; give one of its processes a route");
  const names = open.map(({ name }) => name);
  if (wanted === undefined)
    return second ? new Unusable(`has several public addresses; use one of ${names.join(", ")}`) : first.route;
  return (
    open.find(({ name }) => name === reference)?.route ??
    new Unusable(`has no public address; ${advice(reference, names)}`)
  );
}

function addressVariables(
  reference: string,
  route: Addressed,
  edge: Pick<IngressSettings, "httpsPort">,
): Record<string, string> {
  const prefix = prefixOf(reference);
  return { [`${prefix}_PUBLIC_URL`]: addressOf(route, edge), [`${prefix}_PUBLIC_HOST`]: route.host };
}

function schemaVariables(
  reference: string,
  { schema, role }: { readonly schema: string; readonly role: string },
): Record<string, string> {
  const prefix = prefixOf(reference);
  return { [`${prefix}_PGSCHEMA`]: schema, [`${prefix}_PGROLE`]: role };
}

const keyOf = (reference: string) => reference.split("/")[1]!;

/** What the variables of an app that knows others are made from. */
export interface KnownArgs {
  readonly apps: KnownApps;
  readonly edge: Pick<IngressSettings, "httpsPort">;
  readonly postgres: Postgres | undefined;
  /** Pairs of keys, by app and name. */
  readonly pairs: Readonly<Record<string, Readonly<Record<string, Pick<KeyPairs, "publicKeys">>>>>;
}

/** What the pods of an app are given of others. */
export interface KnownOthers {
  readonly environment: readonly EnvironmentVariable[];
  readonly files: readonly MountedFiles[];
}

/**
 * What an app knows of others and of itself, without a way to them: variables and the files that they name.
 * @throws Error for a reference that the checks refuse
 */
export function knownOf(
  { addresses, schemas, keys }: Knowing,
  { apps, edge, postgres, pairs }: KnownArgs,
): KnownOthers {
  const values: Record<string, string> = Object.assign(
    {},
    ...addresses.map((reference) => {
      const route = routed(reference, apps);
      if (route instanceof Unusable) throw new Error(`${reference} ${route.message}`);
      return addressVariables(reference, route, edge);
    }),
    ...schemas.map((reference) => schemaVariables(reference, postgres!.endpoint(reference))),
    ...keys.map((reference) => ({
      [publicKeysVariable(keyOf(reference))]: `${keysFolder(reference)}/${publicKeysFile}`,
    })),
  );
  return {
    environment: Object.entries(values).map(([name, value]) => ({ name, value })),
    files: keys.map((reference) => ({
      name: `keys-${variableWord(keyOf(reference))}`,
      path: keysFolder(reference),
      source: pairs[reference.split("/")[0]!]![keyOf(reference)]!.publicKeys,
    })),
  };
}

/** Where an app sees public keys. */
const keysFolder = (reference: string) => `/run/secrets/keys/${keyOf(reference)}`;
