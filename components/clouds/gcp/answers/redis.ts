import { secretOf } from "../../../../lib/engineValues";
import type { Answer } from "../../shared/answers";
import { named } from "../../shared/answers";

/** Types of `@pulumi/gcp` that Redis of Memorystore is made of. */
export const memorystore: Record<string, Answer> = {
  "gcp:redis/instance:Instance": (inputs, at) =>
    at.preview
      ? {}
      : {
          ...named(inputs, at),
          host: "10.67.0.20",
          port: 6378,
          authString: secretOf("00000000-0000-4000-8000-000000000000"),
          serverCaCerts: [
            { cert: "-----BEGIN CERTIFICATE-----\nauthority of Redis\n-----END CERTIFICATE-----", serialNumber: "0" },
          ],
        },
};
