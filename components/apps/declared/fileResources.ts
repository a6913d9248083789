import type * as pulumi from "@pulumi/pulumi";
import type { MountedFiles } from "../../contracts";
import { VersionedConfig } from "../../kubernetes/versionedConfig";
import { VersionedSecret } from "../../kubernetes/versionedSecret";
import { fileKey } from "./files";
import { isFor } from "./receivers";
import type { DeclaredApp } from "./settings";

/** What the files of an app are made of. */
export interface FilesArgs {
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
  readonly files: DeclaredApp["files"];
}

/** The files of an app. */
export interface AppFiles {
  readonly mounted: readonly MountedFiles[];
  /** Those of them that pods of a component get. */
  readonly of: (component: string) => readonly MountedFiles[];
  readonly ready: readonly pulumi.Resource[];
}

/** Creates the ConfigMap and the Secret of an app's files, where it has any. */
export function createFiles(app: string, args: FilesArgs, opts: pulumi.ComponentResourceOptions): AppFiles {
  const { namespace, labels } = args;
  const all = Object.entries(args.files);
  const texts = all.flatMap(([path, { text }]) => (text === undefined ? [] : [[path, text] as const]));
  const secrets = all.flatMap(([path, { secret }]) => (secret === undefined ? [] : [[path, secret] as const]));
  const byKey = <T>(entries: readonly (readonly [string, T])[]) =>
    Object.fromEntries(entries.map(([path, content]) => [fileKey(path), content]));
  const seen = (name: string, source: MountedFiles["source"]) => (entry: readonly [string, unknown]) => ({
    name,
    path: entry[0],
    key: fileKey(entry[0]),
    source,
  });

  const config =
    texts.length > 0
      ? new VersionedConfig(`${app}-files`, { namespace, labels, texts: byKey(texts) }, opts)
      : undefined;
  const stored = new VersionedSecret(`${app}-secret-files`, { namespace, labels, values: byKey(secrets) }, opts);
  const mounted = [
    ...(config ? texts.map(seen("files", config.source)) : []),
    ...(secrets.length > 0 ? secrets.map(seen("secret-files", stored.source)) : []),
  ];
  return {
    mounted,
    of: (component) => mounted.filter(({ path }) => isFor(args.files[path]!, component)),
    ready: [...(config?.ready ?? []), ...stored.ready],
  };
}
