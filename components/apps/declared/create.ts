import type * as pulumi from "@pulumi/pulumi";
import type { App } from "../shared/app";
import { createAccess } from "./accessResources";
import { DeclaredAppResources, type DeclaredArgs } from "./app";
import { createCertificates } from "./certificates";
import { withFormerNames } from "./former";
import { createKeys } from "./keyResources";
import { urlsOf } from "./urls";

/** Creates the apps that the stack's file declares, one after the other. */
export function createDeclared(
  args: Omit<DeclaredArgs, "app" | "access" | "certificates" | "keys">,
  opts: pulumi.ComponentResourceOptions,
): App[] {
  const certificates = createCertificates(args, opts);
  const keys = createKeys(args, opts);
  return Object.entries(args.settings.apps).map(([name, app]): App => {
    const access = createAccess(name, { place: args.place, settings: app });
    const own = { ...args, app, access, certificates, keys };
    const { connections, rollouts, routes, firstLogin } = new DeclaredAppResources(
      name,
      own,
      withFormerNames(name, app, opts),
    );
    return {
      connections,
      rollouts,
      routes,
      outputs: {},
      ...(firstLogin && { firstLogins: { [name]: firstLogin } }),
      urls: urlsOf(name, app, args.settings.edge),
      commands: (switchboard) => (app.console ? { [`${name}Console`]: switchboard(`console ${name}`) } : {}),
    };
  });
}
