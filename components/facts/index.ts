import { clouds } from "../clouds";
import type { Facts, ResourceFacts } from "../clouds/shared/facts";
import type { CloudModule } from "../clouds/shared/module";

type Kubernetes = typeof import("../kubernetes/facts");
type Random = typeof import("./random");
type Tls = typeof import("./tls");

/** What belongs to no cloud, by the name of the Pulumi package. Loaded when a type of it is first asked for. */
const others: Readonly<Record<string, () => Facts>> = {
  kubernetes: () => (require("../kubernetes/facts") as Kubernetes).facts,
  random: () => (require("./random") as Random).random,
  tls: () => (require("./tls") as Tls).tls,
  pulumi: () => ({
    "pulumi:providers:*": {
      price: {
        why: "a setting of the program",
        source: "https://www.pulumi.com/docs/iac/concepts/state-and-backends/",
      },
    },
  }),
};

const modules: Readonly<Record<string, CloudModule>> = clouds;
const loaded = new Map<string, Facts>();

/** The facts of a Pulumi package; none of one that nobody has written facts for. */
function ofPackage(name: string): Facts {
  const known = loaded.get(name);
  if (known) return known;
  const facts = Object.hasOwn(modules, name)
    ? modules[name]!.facts()
    : Object.hasOwn(others, name)
      ? others[name]!()
      : {};
  loaded.set(name, facts);
  return facts;
}

/** What is known of a type of resource; undefined for one that nobody has written facts for. */
export function factsOf(type: string): ResourceFacts | undefined {
  const facts = ofPackage(packageOf(type));
  if (Object.hasOwn(facts, type)) return facts[type];
  const [pattern] = Object.keys(facts).filter((key) => key.endsWith("*") && type.startsWith(key.slice(0, -1)));
  return pattern === undefined ? undefined : facts[pattern];
}

/** Everything that is known, by the token of the type, in the order of the packages and of their folders. */
export function allFacts(): Facts {
  return Object.assign({}, ...[...Object.keys(modules), ...Object.keys(others)].map(ofPackage));
}

/** The Pulumi package of a type: `gcp`, `kubernetes`. */
export function packageOf(type: string): string {
  return type.slice(0, Math.max(0, type.indexOf(":")));
}

/** The cloud that a type is made in; undefined for what is made in none. */
export function cloudOfType(type: string): string | undefined {
  const name = packageOf(type);
  return Object.hasOwn(modules, name) ? name : undefined;
}
