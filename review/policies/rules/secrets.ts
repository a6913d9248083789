import type { Complaint } from "../../../components/clouds/shared/facts/demand";
import {
  at,
  fieldsOf,
  isHidden,
  listOf,
  numberOf,
  stated,
  textOf,
} from "../../../components/clouds/shared/facts/value";
import { factsOf } from "../../../components/facts";
import { secretShape } from "../../../components/schema/values/secretShapes";
import { secret } from "../../../engine/resources/resource";
import { demanded } from "../demand";
import type { Rule } from "../model";
import { podOf } from "../pods";

const secretName = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|TOKEN_KEY|CREDENTIALS?)$/i;
/** Values of such names that are none: a path, a switch, a number of seconds. */
const harmless = /^(|\/.*|true|false|yes|no|on|off|none|\d{1,6})$/i;

const todo =
  "store it with `apps.<name>.secretEnv`, or `secretEnv` of an app with a layer of its own (pulumi config set --secret --path), or make it as components/kubernetes/versionedSecret.ts does; pods take it by reference";

/** Complains of one text, or of what Pulumi says is a secret. The text itself is never repeated. */
function complaint(path: string, value: unknown, name?: string): Complaint[] {
  if (value === secret) return [{ message: `${path} is a secret of Pulumi and would stand there in clear`, todo }];
  const text = textOf(value);
  if (text === undefined) return [];
  const shape = secretShape(text);
  if (shape) return [{ message: `${path} is ${shape}, in clear (${text.length} characters)`, todo }];
  if (name === undefined || !secretName.test(name) || harmless.test(text)) return [];
  return [
    { message: `${path} is a text in clear (${text.length} characters), and its name says that it is a secret`, todo },
  ];
}

const nothingInClear: Rule = {
  name: "secret-not-in-clear",
  level: "mandatory",
  description: "No secret stands in a variable, an argument, a ConfigMap, a label or an annotation.",
  why: "All of these can be read by everybody who may see the object, and stand in logs, shells and copies.",
  source: "CIS Kubernetes 5.4.1; Kubernetes: good practices for Secrets",
  resource: (resource) => {
    if (!resource.type.startsWith("kubernetes:")) return [];
    const { inputs } = resource;
    const notes = ["labels", "annotations"].flatMap((kind) =>
      Object.entries(fieldsOf(at(inputs, `metadata.${kind}`))).flatMap(([key, value]) =>
        complaint(`metadata.${kind}[${key}]`, value, key),
      ),
    );
    const files = /:ConfigMap$/.test(resource.type)
      ? Object.entries(fieldsOf(at(inputs, "data"))).flatMap(([key, value]) => complaint(`data[${key}]`, value, key))
      : [];
    const containers = (podOf(resource)?.containers ?? []).flatMap((container) => [
      ...listOf(at(container.inputs, "env")).flatMap((entry, index) => {
        const name = textOf(at(entry, "name")) ?? `env[${index}]`;
        return complaint(`${container.path}.env[${index}].value (${name})`, at(entry, "value"), name);
      }),
      ...["command", "args"].flatMap((list) =>
        listOf(at(container.inputs, list)).flatMap((word, index) =>
          complaint(`${container.path}.${list}[${index}]`, word),
        ),
      ),
    ]);
    return [...notes, ...files, ...containers];
  },
};

const secretsMarked: Rule = {
  name: "secret-marked",
  level: "mandatory",
  description: "What a Secret holds, and every password that a cloud is given, is a secret of Pulumi as well.",
  why: "Otherwise it stands in the stack's state, and in the output of a preview, in clear.",
  source: "Pulumi: secrets handling",
  resource: (resource) => {
    const { inputs, type } = resource;
    const how = "make it with components/kubernetes/versionedSecret.ts, or mark it with pulumi.secret";
    const clear = (path: string, value: unknown): Complaint[] =>
      value === undefined || value === null || isHidden(value) || value === ""
        ? []
        : [{ message: `${path} is known in clear (${typeof value})`, todo: how }];
    const maps = factsOf(type)?.secretMaps;
    if (maps)
      return maps.flatMap((map) =>
        Object.entries(fieldsOf(at(inputs, map))).flatMap(([key, value]) => clear(`${map}[${key}]`, value)),
      );
    if (!/^(aws|gcp|tls):/.test(type)) return [];
    const secrets = [
      "password",
      "passwordWo",
      "masterPassword",
      "rootPassword",
      "authToken",
      "privateKey",
      "privateKeyPem",
      "caPrivateKeyPem",
      "secretString",
      "secretData",
    ];
    return [
      ...secrets.flatMap((key) => clear(key, at(inputs, key))),
      ...listOf(at(inputs, "passwords")).flatMap((value, index) => clear(`passwords[${index}]`, value)),
    ];
  },
};

const referenced: Rule = {
  name: "secret-files-private",
  level: "mandatory",
  description: "Files of a Secret in a pod can be read by the pod's own user and group only.",
  why: "Default modes let every process in the container read them (0644).",
  source: "Kubernetes: Secrets, secret files permissions",
  resource: (resource) => {
    const pod = podOf(resource);
    return listOf(at(pod?.spec, "volumes")).flatMap((volume, index): Complaint[] => {
      const value = at(volume, "secret.defaultMode");
      if (at(volume, "secret") === undefined || isHidden(value) || isHidden(volume)) return [];
      const mode = numberOf(value);
      if (mode !== undefined && mode % 8 === 0) return [];
      return [
        {
          message: `${stated(`${pod!.path}.volumes[${index}].secret.defaultMode`, value)}${mode === undefined ? " (0644)" : ` (0${mode.toString(8)})`}, and must give others nothing (0440)`,
          todo: "keep 0440 in components/kubernetes/podTemplate.ts",
        },
      ];
    });
  },
};

const strong: Rule = {
  name: "generated-secret-strong",
  level: "mandatory",
  description:
    "Generated passwords have 32 characters or more, and generated keys are ECDSA, Ed25519 or RSA of 3072 bits.",
  why: "What nobody types may as well be long: it is never guessed.",
  source: "NIST SP 800-57 Part 1, table 2 (128 bits of strength)",
  resource: demanded("generated-secret-strong"),
};

const certificateKeyChanges: Rule = {
  name: "certificate-key-changes",
  level: "advisory",
  description: "A certificate that renews itself gets a new key each time.",
  why: "A key that leaked is then useless after weeks and not after years.",
  source: "cert-manager: Certificate, privateKey.rotationPolicy",
  resource: demanded("certificate-key-changes"),
};

/** What nobody may read. */
export const secrets: readonly Rule[] = [nothingInClear, secretsMarked, referenced, strong, certificateKeyChanges];
