import { smallConfig } from "../../../support/config";
import { type Plan, plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { problems } from "../../settings/stack";

/** The least that a declared app with a page says. */
export const shop = () => ({
  image: "registry.example/shop:1.2",
  processes: {
    web: { port: 3000 } as Record<string, any>,
    worker: { command: ["shop", "work"] } as Record<string, any>,
  },
});

type Shop = ReturnType<typeof shop> & Record<string, any>;

/** A stack with that app after a change. */
export function planOfShop(change: (app: Shop) => void, options: Parameters<typeof plan>[1] = {}): Promise<Plan> {
  const app: Shop = shop();
  change(app);
  return plan({ ...smallConfig(), [layerKey("apps")]: { shop: app } }, { preview: false, ...options });
}

/** What is said against the app after a change. */
export function problemsOfShop(change: (app: Shop) => void, given?: Parameters<typeof problems>[1]): readonly string[] {
  const app: Shop = shop();
  change(app);
  return problems((raw) => (raw.apps = { shop: app }), given);
}

/** The pod of a process. */
export const podOf = (from: Plan, process: string) =>
  from.named("kubernetes:apps/v1:Deployment", `shop-${process}-deployment`).inputs.spec.template.spec;

/** The pod of a command that runs once. */
export function jobOf(from: Plan, kind: "release" | "after") {
  return from.of("kubernetes:batch/v1:Job").find(({ name }) => name.startsWith(`shop-${kind}-`))!;
}

/** An entry of a list by its name. */
export function called<T extends { name: string }>(list: readonly T[] | undefined, name: string): any {
  return list?.find((entry) => entry.name === name);
}
