import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { localContext } from "../../engine/stack/localNodes";
import type { KeyPair } from "./pki";

/** A kubeconfig with everything inside, so that it can be moved: one cluster, one user, one context. */
export function kubeconfig(server: string, authority: string, user: KeyPair): string {
  const encoded = (file: string) => readFileSync(file).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": localContext,
      clusters: [{ name: localContext, cluster: { server, "certificate-authority-data": encoded(authority) } }],
      users: [
        {
          name: localContext,
          user: { "client-certificate-data": encoded(user.certificate), "client-key-data": encoded(user.key) },
        },
      ],
      contexts: [{ name: localContext, context: { cluster: localContext, user: localContext } }],
    },
    { lineWidth: 0 },
  );
}
