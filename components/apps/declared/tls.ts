import type { VariableTable } from "../../kubernetes/variables";
import { choice } from "../../schema/fields";

/** Where a process finds the certificate that the platform makes for it. */
export const certificateFolder = "/run/secrets/tls";

/** Whether a process ends TLS itself. */
export const tls = () =>
  choice(["none", "own", "platform"])
    .prefault("none")
    .describe(
      "whether its port speaks TLS. `own`: with a certificate of the app's, which nobody verifies. `platform`: with one for its Service's name, in the files that `TLS_CERTIFICATE_FILE` and `TLS_KEY_FILE` name. NGINX and the apps that use it verify that one",
    );

/** Of a process with a certificate of the platform's. */
export const tlsVariables: VariableTable<Record<never, never>> = {
  TLS_CERTIFICATE_FILE: () => ({ value: `${certificateFolder}/tls.crt` }),
  TLS_KEY_FILE: () => ({ value: `${certificateFolder}/tls.key` }),
};
