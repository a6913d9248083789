import { z } from "zod";
import type { EnvironmentVariable, MountedFiles, SecretRef } from "../../contracts";
import { authorityMount, authorityPath } from "../../kubernetes/connections";
import { flag, Problem, show, text } from "../../schema/fields";
import { words } from "../../schema/values/words";
import type { AppSpec, ProcessSpec, ServiceSpec } from "../shared/spec";
import { advice, prefixOf, Unusable } from "./references";

/** The beginning of keys, in letters that mean nothing to an ACL of Redis. */
const keyPrefix = () =>
  text((value) => {
    if (!/^[\w:./-]{0,64}$/.test(value))
      throw new Problem(`${show(value)} is not a prefix; use letters, digits, "_", ":", ".", "/" and "-", at most 64`);
    return value;
  });

/** Another app of the stack, with the process where several have a port. */
const appReference = () =>
  text((value) => {
    if (!/^[a-z0-9-]+(\/[a-z0-9-]+)?$/.test(value))
      throw new Problem(`${show(value)} is not an app; write its name, e.g. "shop", or with its process "shop/web"`);
    return value;
  });

/** A key of an app. */
const keyReference = () =>
  text((value) => {
    if (!/^[a-z0-9-]+\/[A-Za-z_][A-Za-z0-9_]*$/.test(value))
      throw new Problem(`${show(value)} is no key of an app; write its app and its name, e.g. "shop/TOKEN"`);
    return value;
  });

/** What an app uses of the stack. */
export const uses = () =>
  z
    .strictObject({
      postgres: flag().prefault(false).describe("a role and a schema of its own in the stack's Postgres"),
      session: flag()
        .prefault(false)
        .describe(
          "whether it needs sessions of its own in Postgres, e.g. for prepared statements or LISTEN. A pooler in transaction mode is then refused",
        ),
      redis: flag().prefault(false).describe("a user of its own in the stack's Redis"),
      redisPrefix: keyPrefix()
        .optional()
        .describe(
          "how all its keys and channels begin. Empty gives it every key, which only the one app that uses Redis may have; default: its name and a colon",
        ),
      apps: z
        .array(appReference())
        .prefault([])
        .describe(
          "other apps that it calls: `shop`, or `shop/web` where several processes have a port. It gets the address as `SHOP_URL`, `SHOP_HOST` and `SHOP_PORT` (`SHOP_WEB_URL` and so on). `SHOP_CA` is a file where the port has a certificate of the platform. The network policies allow the connection",
        ),
      addresses: z
        .array(appReference())
        .prefault([])
        .describe(
          "apps whose public addresses it must know, itself among them: `SHOP_PUBLIC_URL`, without a slash at its end, and `SHOP_PUBLIC_HOST`. They open no connection",
        ),
      schemas: z
        .array(words())
        .prefault([])
        .describe(
          "apps whose part of Postgres it must know, to read it or to let them read: `SHOP_PGSCHEMA` and `SHOP_PGROLE`. They grant nothing; the `release` command of the owner does",
        ),
      keys: z
        .array(keyReference())
        .prefault([])
        .describe(
          "`keys` of apps with which it judges what they signed, e.g. `shop/TOKEN`. The path of the file with one to three public keys (PEM) is in `TOKEN_PUBLIC_KEYS_FILE`",
        ),
    })
    .prefault({});

/** A process of another app that an app calls. */
export interface UsedApp {
  /** What the names of its variables begin with. */
  readonly prefix: string;
  readonly process: Pick<ProcessSpec, "identity">;
  readonly service: ServiceSpec;
}

/** The variables that say where a used app is, and what its certificate is verified with. */
export function usedAppVariables({ prefix, service }: UsedApp): (EnvironmentVariable & { readonly value: string })[] {
  const { name, port, tls } = service;
  const address = { URL: `${tls ? "https" : "http"}://${name}:${port}`, HOST: name, PORT: String(port) };
  const authority = tls === "verified" ? { CA: authorityPath(name, "ca.crt") } : {};
  return Object.entries({ ...address, ...authority }).map(([key, value]) => ({ name: `${prefix}_${key}`, value }));
}

/**
 * The authorities of the used apps that have a certificate of the platform's, each once.
 *
 * @param authority of the certificate of a Service, by its name
 */
export function usedAppFiles(used: readonly UsedApp[], authority: (service: string) => SecretRef): MountedFiles[] {
  const services = new Set(used.flatMap(({ service }) => (service.tls === "verified" ? [service.name] : [])));
  return [...services].map((service) => authorityMount(service, authority(service)));
}

/**
 * The processes that an app calls.
 * @throws Error for one that the checks refuse
 */
export function usedApps(name: string, references: readonly string[], specs: readonly AppSpec[]): UsedApp[] {
  return references.map((reference) => {
    const found = resolveApp(name, reference, specs);
    if (found instanceof Unusable) throw new Error(`${reference} ${found.message}`);
    return found;
  });
}

/** The process that a reference to another app means, or what is wrong with it. */
export function resolveApp(name: string, reference: string, specs: readonly AppSpec[]): UsedApp | Unusable {
  const [appName = "", wanted] = reference.split("/");
  if (appName === name) return new Unusable("is the app itself; remove it");
  const app = specs.find((spec) => spec.name === appName);
  const others = specs.map((spec) => spec.name).filter((other) => other !== name);
  if (!app) return new Unusable(`is not an app of this stack; ${advice(appName, others)}`);
  const named = (process: ProcessSpec) => `${appName}/${process.identity.component}`;
  const serving = app.processes.filter(({ service }) => service);
  if (wanted !== undefined) {
    const process = app.processes.find(({ identity }) => identity.component === wanted);
    if (!process) return new Unusable(`is not a process of ${appName}; ${advice(reference, serving.map(named))}`);
    return process.service ? found(process, process.service) : new Unusable(withoutPort(process));
  }
  const [process, second] = serving;
  if (!process) return new Unusable(`has no process with a port, so nothing can connect to it; give one a port`);
  if (second) return new Unusable(`has several processes with a port; use one of ${serving.map(named).join(", ")}`);
  return found(process, process.service!);

  function found(process: ProcessSpec, service: ServiceSpec): UsedApp {
    return { prefix: prefixOf(reference), process, service };
  }

  function withoutPort({ key }: ProcessSpec): string {
    const instead = serving.length > 0 ? `, or use ${serving.map(named).join(" or ")}` : "";
    return `has no port, so nothing can connect to it; set ${key}.port${instead}`;
  }
}
