import { k8s, on, type RuleCase } from "../change";

const panel = on("dev", k8s("apps/v1:Deployment"), "panel-deployment");
const secretObject = on("dev", k8s("core/v1:Secret"), "panel-session-secret");
const nginx = on("dev", k8s("core/v1:ConfigMap"), "edge-config");
const authority = on("dev", "tls:index/selfSignedCert:SelfSignedCert", "certificate-authority");
const key = on("dev", "tls:index/privateKey:PrivateKey", "certificate-key");
const password = on("dev", "random:index/randomPassword:RandomPassword", "panel-session-password-g1");
const certificate = on("prod", k8s("cert-manager.io/v1:Certificate"), "certificate-certificate");
const rds = on("prod-eks", "aws:rds/instance:Instance", "postgres-instance");
const cloudSql = on("prod", "gcp:sql/databaseInstance:DatabaseInstance", "postgres-instance");
const namespace = on("prod", k8s("core/v1:Namespace"), "namespace-namespace");
const gcp = on("prod", "pulumi:providers:gcp", "cluster-google");
const aws = on("prod-eks", "pulumi:providers:aws", "cluster-account");
const release = on("prod", k8s("helm.sh/v3:Release"), "cert-manager-release");
const spec = "spec.template.spec";
const variable = `${spec}.containers[0].env[0]`;

export const order: Record<string, RuleCase> = {
  "secret-not-in-clear": {
    passes: [
      panel({ [variable]: { name: "TLS_PRIVATE_KEY", value: "/run/tls/tls.key" } }),
      panel({ [variable]: { name: "CSRF_TOKEN", value: "on" } }),
      panel({ [variable]: { name: "REPOSITORY", value: "https://example.com/@scope/package" } }),
      panel({ [variable]: { name: "SMTP_PASSWORD", valueFrom: { secretKeyRef: { name: "smtp", key: "password" } } } }),
    ],
    fails: [
      panel(
        { [variable]: { name: "SMTP_PASSWORD", value: "correct horse" } },
        "env[0].value (SMTP_PASSWORD) is a text in clear (13 characters)",
      ),
      panel({ [variable]: { name: "SMTP", value: "[secret]" } }, "is a secret of Pulumi"),
      panel(
        { [variable]: { name: "MAIL", value: "smtp://mailer:correct-horse@mail.example" } },
        "an address with a password in it",
      ),
      panel(
        { [`${spec}.containers[0].command[2]`]: "AKIAIOSFODNN7EXAMPLE" },
        "containers[0].command[2] is an access key of AWS",
      ),
      panel(
        { "metadata.annotations.note": `ghp_${"a1".repeat(18)}` },
        "metadata.annotations[note] is a token of GitHub",
      ),
      nginx({ 'data["tls.key"]': "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ" }, "data[tls.key] is a private key"),
    ],
  },
  "secret-marked": {
    passes: [secretObject({ stringData: { SESSION_SECRET: "[secret]", empty: "" } })],
    fails: [
      secretObject(
        { stringData: { SESSION_SECRET: "correct horse" } },
        "stringData[SESSION_SECRET] is known in clear (string)",
      ),
      secretObject({ data: { SESSION_SECRET: "Y29ycmVjdA==" } }, "data[SESSION_SECRET] is known in clear"),
      rds({ password: "correct horse" }, "password is known in clear"),
      authority({ privateKeyPem: "PEM" }, "privateKeyPem is known in clear"),
    ],
  },
  "secret-files-private": {
    passes: [panel({ [`${spec}.volumes[1]`]: { name: "key", secret: { secretName: "key", defaultMode: 0o400 } } })],
    fails: [
      panel(
        { [`${spec}.volumes[1]`]: { name: "key", secret: { secretName: "key", defaultMode: 0o444 } } },
        `${spec}.volumes[1].secret.defaultMode is 292 (0444)`,
      ),
      panel(
        { [`${spec}.volumes[1]`]: { name: "key", secret: { secretName: "key" } } },
        "secret.defaultMode is not set (0644)",
      ),
    ],
  },
  "generated-secret-strong": {
    passes: [key({ algorithm: "RSA", rsaBits: 4096 }), password({ length: 32 })],
    fails: [
      password({ length: 12 }, "length is 12, and must be 32 or more"),
      key({ algorithm: "RSA", rsaBits: 2048 }, "rsaBits is 2048"),
      key({ algorithm: "DSA" }, 'algorithm is "DSA"'),
    ],
  },
  "certificate-key-changes": {
    passes: [certificate({ "spec.privateKey.size": 384 })],
    fails: [certificate({ "spec.privateKey.rotationPolicy": "Never" }, 'spec.privateKey.rotationPolicy is "Never"')],
  },
  "data-protected": {
    passes: [on("dev", k8s("apps/v1:StatefulSet"), "postgres-server")({}), rds({ deletionProtection: "true" })],
    fails: [
      rds({}, "protect is false", { protect: false }),
      namespace({}, "protect is false", { protect: false }),
      rds({ deletionProtection: false }, "deletionProtection is false"),
      cloudSql({ "settings.deletionProtectionEnabled": undefined }, "settings.deletionProtectionEnabled is not set"),
    ],
  },
  "namespace-pod-security": {
    passes: [namespace({ 'metadata.labels["pod-security.kubernetes.io/enforce-version"]': "latest" })],
    fails: [
      namespace(
        { 'metadata.labels["pod-security.kubernetes.io/enforce"]': "baseline" },
        'metadata.labels[pod-security.kubernetes.io/enforce] is "baseline"',
      ),
      namespace({ 'metadata.labels["pod-security.kubernetes.io/enforce"]': undefined }, "enforce] is not set"),
    ],
  },
  "own-namespace": {
    passes: [on("dev", k8s("core/v1:ServiceAccount"), "panel-account")({ "metadata.namespace": "other" })],
    fails: [
      on(
        "dev",
        k8s("core/v1:ServiceAccount"),
        "panel-account",
      )({ "metadata.namespace": "default" }, 'metadata.namespace is "default"'),
      on(
        "dev",
        k8s("core/v1:ServiceAccount"),
        "panel-account",
      )({ "metadata.namespace": undefined }, "metadata.namespace is not set"),
    ],
  },
  labelled: {
    passes: [gcp({ defaultLabels: { "part-of": "switchboard", "managed-by": "pulumi", stage: "prod", team: "a" } })],
    fails: [
      on(
        "dev",
        k8s("core/v1:ServiceAccount"),
        "panel-account",
      )(
        { 'metadata.labels["app.kubernetes.io/managed-by"]': "helm" },
        'metadata.labels[app.kubernetes.io/managed-by] is "helm"',
      ),
      gcp({ defaultLabels: '{"part-of":"switchboard","managed-by":"pulumi"}' }, "defaultLabels: stage is not set"),
      aws({ defaultTags: undefined }, "defaultTags: part-of is not set"),
    ],
  },
  "provider-explicit": {
    passes: [gcp({ project: "other" })],
    fails: [
      on("prod", "pulumi:providers:gcp", "default_9_37_0")(
        { defaultLabels: '{"part-of":"a","managed-by":"b","stage":"c"}' },
        'name is "default_9_37_0"',
        { how: "added" },
      ),
      on("dev", "datadog:index/monitor:Monitor", "uptime")({}, "no pulumi:providers:datadog", { how: "added" }),
    ],
  },
  "chart-pinned": {
    passes: [release({ version: "v1.20.0" }), release({ repositoryOpts: undefined })],
    fails: [
      release({ version: undefined }, "version is not set"),
      release({ version: "latest" }, 'version is "latest"'),
      release({ "repositoryOpts.repo": "http://charts.example" }, 'repositoryOpts.repo is "http://charts.example"'),
      release({ atomic: false }, "atomic is false"),
    ],
  },
};
