import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../contracts";
import { releaseOf } from "../../kubernetes/podTemplate";
import { standardLabels } from "../../naming";
import type { OperationsSettings } from "../../stack/settings";
import { KeyPairs } from "../shared/keyPairs";
import { withFormerNames } from "./former";
import type { DeclaredApps } from "./settings";
import { variableWord } from "./variableWord";

/** What the keys are given. */
interface KeysArgs {
  readonly settings: { readonly apps: DeclaredApps; readonly operations: Pick<OperationsSettings, "version"> };
  readonly place: Pick<Place, "namespace" | "stage">;
}

/** The pairs of keys of all apps, by app and name. They are made before any app: two may judge each other's signatures. */
export function createKeys(
  { settings, place }: KeysArgs,
  opts: pulumi.ComponentResourceOptions,
): Readonly<Record<string, Readonly<Record<string, KeyPairs>>>> {
  const { namespace } = place;
  const made = Object.entries(settings.apps).map(([app, { image, keys, preset }]) => {
    const own = withFormerNames(app, { preset }, opts);
    const release = releaseOf({ ...place, image: image.reference, version: settings.operations.version });
    const labels = standardLabels({ name: app, component: "app" }, release);
    const pairs = Object.entries(keys).map(([key, { generation }]) => {
      const name = `${app}-keys-${variableWord(key)}`;
      return [key, new KeyPairs("switchboard:apps:Keys", name, { namespace, labels, generation }, own)];
    });
    return [app, Object.fromEntries(pairs)];
  });
  return Object.fromEntries(made);
}
