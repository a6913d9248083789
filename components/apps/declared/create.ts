import type * as pulumi from "@pulumi/pulumi";
import type { App } from "../shared/app";
import { createAccess } from "./accessResources";
import { DeclaredAppResources, type DeclaredArgs } from "./app";
import { createCertificates } from "./certificates";
import { urlsOf } from "./urls";

/** Creates the apps that the stack's file declares, one after the other. */
export function createDeclared(
  args: Omit<DeclaredArgs, "app" | "access" | "certificates">,
  opts: pulumi.ComponentResourceOptions,
): App[] {
  const certificates = createCertificates(args, opts);
  return Object.entries(args.settings.apps).map(([name, app]): App => {
    const access = createAccess(name, { place: args.place, settings: app });
    const own = { ...args, app, access, certificates };
    const { connections, rollouts, routes } = new DeclaredAppResources(name, own, opts);
    return {
      connections,
      rollouts,
      routes,
      outputs: {},
      urls: urlsOf(name, app, args.settings.edge),
      commands: () => ({}),
    };
  });
}
