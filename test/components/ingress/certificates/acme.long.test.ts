import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as core from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import type { ClusterTraits, Place } from "../../../../components/contracts";
import { createCertificate } from "../../../../components/ingress/certificates";
import { certManagerVersion } from "../../../../components/ingress/certificates/certManager";
import { letsEncrypt } from "../../../../components/ingress/settings/acme";
import { hostnamesOf } from "../../../../components/schema/publicHosts";
import type { Plan } from "../../../../engine/record/plan";
import { record } from "../../../../engine/record/recorder";
import { smallConfig } from "../../../support/config";
import { plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { sample } from "../../../support/samples/acme";
import { fieldsOf, unknownFields } from "./certManagerFields";

const issuerType = "kubernetes:cert-manager.io/v1:Issuer";
const clusterIssuerType = "kubernetes:cert-manager.io/v1:ClusterIssuer";
const certificateType = "kubernetes:cert-manager.io/v1:Certificate";
const releaseType = "kubernetes:helm.sh/v3:Release";

/** The whole platform with a certificate by ACME. */
async function platform(certificate: object = {}, preview = true, operations: object = {}): Promise<Plan> {
  const edge = smallConfig()[layerKey("edge")] as object;
  const layers = {
    edge: { ...edge, certificate: { ...sample(), ...certificate } },
    operations: { stage: "test", ...operations },
  };
  return plan(smallConfig(layers), { preview });
}

/** The certificate alone, on a cluster of the stack's own with a DNS zone. */
async function onOwnCluster(certificate: object, acmeDnsSolver: ClusterTraits["acmeDnsSolver"]): Promise<Plan> {
  const url = letsEncrypt.production;
  const settings = {
    ...sample(),
    directory: { authority: "production", url },
    challenge: "http01",
    certManager: "install",
    ...certificate,
  };
  return record(
    async () => {
      const provider = new Provider("cluster-provider", { kubeconfig: "{}" });
      const lifetime = new core.ConfigMap("cluster", {}, { provider });
      const namespace = new core.Namespace("namespace", { metadata: { name: "shop" } }, { provider });
      const placement = {
        nodeSelector: { "switchboard.dev/role": "apps" },
        tolerations: [{ key: "team", operator: "Equal", value: "a", effect: "NoSchedule" }],
      };
      const place = {
        namespace: namespace.metadata.name,
        stage: "prod",
        traits: { acmeDnsSolver, placement: { apps: placement, data: placement } },
        ownership: { labels: {}, guard: () => ({}) },
        lifetime: namespace,
        clusterLifetime: lifetime,
        imagePullSecrets: ["registry"],
      } as unknown as Place;
      const edge = { certificate: settings, panel: { host: "panel.acme.dev" }, chat: { host: "chat.acme.dev" } };
      const inside = { provider, deletedWith: namespace };
      const { challenges, authority } = await createCertificate(
        { edge: edge as never, hostnames: hostnamesOf({ edge }), place },
        inside,
      );
      return { challenges: challenges.length, authority: authority ?? "none" };
    },
    { project: "switchboard", stack: "prod", config: {} },
  );
}

const nameOf = (urn: string) => urn.split("::").at(-1)!;
const dependencies = (from: Plan, type: string) => from.of(type)[0]!.dependencies.map(nameOf);

test("the objects have no field that cert-manager does not know", async () => {
  assert.equal(certManagerVersion, fieldsOf.version, "fields are those of another version; look at its deploy/crds");
  for (const from of [
    await platform(),
    await onOwnCluster({ challenge: "http01" }, undefined),
    await onOwnCluster({ challenge: "dns01" }, { cloudDNS: { project: "shop", hostedZoneName: "acme" } }),
    await onOwnCluster({ challenge: "dns01" }, { route53: { region: "eu-west-1", hostedZoneID: "Z1" } }),
  ]) {
    const issuers = [...from.of(issuerType), ...from.of(clusterIssuerType)];
    assert.equal(issuers.length, 1);
    assert.deepEqual(unknownFields(issuers[0]!.inputs.spec, fieldsOf.issuer), []);
    assert.deepEqual(unknownFields(from.of(certificateType)[0]!.inputs.spec, fieldsOf.certificate), []);
  }
});

describe("cert-manager", () => {
  test("is one pinned release in a namespace of its own that enforces the restricted standard", async () => {
    const from = await platform();
    const { inputs } = from.named(releaseType, "cert-manager-release");
    assert.deepEqual(
      [inputs.chart, inputs.version, inputs.repositoryOpts.repo, inputs.namespace],
      ["cert-manager", "v1.21.2", "https://charts.jetstack.io", "cert-manager"],
    );
    const { labels } = from.named("kubernetes:core/v1:Namespace", "cert-manager-namespace").inputs.metadata;
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    for (const part of [inputs.values, inputs.values.webhook, inputs.values.cainjector]) {
      assert.equal(part.replicaCount, 2);
      assert.ok(part.podDisruptionBudget.enabled);
    }
    for (const part of [inputs.values, ...["webhook", "cainjector", "startupapicheck"].map((k) => inputs.values[k])]) {
      assert.equal(part.securityContext.runAsNonRoot, true);
      assert.equal(part.securityContext.seccompProfile.type, "RuntimeDefault");
      assert.deepEqual(part.containerSecurityContext.capabilities, { drop: ["ALL"] });
      assert.equal(part.containerSecurityContext.allowPrivilegeEscalation, false);
      assert.ok(part.resources.requests.cpu && part.resources.requests.memory && part.resources.limits.memory);
    }
  });

  test("does not die with the platform's namespace, and outlives everything that it issues", async () => {
    const from = await onOwnCluster({}, undefined);
    assert.equal(nameOf(from.of(releaseType)[0]!.deletedWith), "cluster");
    assert.deepEqual(dependencies(from, certificateType), ["certificate-issuer", "namespace"]);
    assert.ok(dependencies(from, issuerType).includes("cert-manager-release"));
    // Its open questions have finalizers that only it takes away: the Certificate is deleted first, and for real.
    const certificate = from.of(certificateType)[0]!;
    assert.equal(certificate.deletedWith, "");
    assert.equal(certificate.inputs.metadata.annotations["pulumi.com/deletionPropagationPolicy"], "foreground");
    assert.equal(nameOf(from.of(issuerType)[0]!.deletedWith), "namespace");
  });

  test("is left alone where the cluster has it", async () => {
    const from = await platform({ certManager: "present" });
    assert.deepEqual(from.of(releaseType), []);
    assert.equal(from.of(issuerType).length, 1);
  });
});

describe("the certificate", () => {
  test("is there at once, and nobody waits for the authority", async () => {
    for (const preview of [true, false]) {
      const from = await platform({}, preview);
      const { metadata, spec } = from.of(certificateType)[0]!.inputs;
      assert.equal(metadata.annotations["cert-manager.io/issue-temporary-certificate"], "true");
      assert.equal(metadata.annotations["pulumi.com/skipAwait"], "true");
      assert.deepEqual(spec.dnsNames, ["panel.example.com", "chat.example.com"]);
      assert.equal(spec.privateKey.rotationPolicy, "Always");
      const deployment = from.named("kubernetes:apps/v1:Deployment", "edge-deployment");
      const volumes = deployment.inputs.spec.template.spec.volumes;
      const mounted = volumes.find(({ name }: { name: string }) => name === "certificate");
      assert.equal(mounted.secret.secretName, spec.secretName);
      assert.ok(deployment.dependencies.map(nameOf).includes("certificate-certificate"));
      assert.deepEqual(from.outputs.certificateAuthority, undefined);
    }
  });

  test("is asked for anew when the authority changes, because it names another Issuer", async () => {
    const names: string[] = [];
    for (const directory of ["https://a.acme.dev/", "https://b.acme.dev/"]) {
      const from = await platform({ directory });
      assert.equal(from.of(issuerType)[0]!.inputs.spec.acme.server, directory);
      const { name } = from.of(certificateType)[0]!.inputs.spec.issuerRef;
      assert.equal(from.of(issuerType)[0]!.inputs.metadata.name, name);
      names.push(name);
    }
    assert.equal(new Set(names).size, 2);
  });

  test("is read by NGINX at every handshake", async () => {
    const config = (await platform({}, false)).named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data;
    assert.match(config["nginx.conf"], /ssl_certificate \$certificate\/tls\.crt;/);
  });
});

describe("HTTP-01", () => {
  test("has a solver, a Service and a way through NGINX for each host, which fit together", async () => {
    const from = await platform({}, false);
    const { solvers } = from.of(issuerType)[0]!.inputs.spec.acme;
    const conf: string = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
    const hosts = ["panel.example.com", "chat.example.com"];
    assert.deepEqual(
      solvers.map(({ selector }: { selector: { dnsNames: string[] } }) => selector.dnsNames),
      hosts.map((host) => [host]),
    );
    for (const [index, host] of hosts.entries()) {
      const { ingress } = solvers[index].http01;
      const service = from.named("kubernetes:core/v1:Service", `certificate-solver-${index}-service`).inputs;
      for (const [key, value] of Object.entries(service.spec.selector))
        assert.equal(ingress.podTemplate.metadata.labels[key], value);
      // acmeSolverListenPort in pkg/issuer/acme/http/http.go
      assert.deepEqual([service.spec.ports[0].port, service.spec.ports[0].targetPort], [8089, 8089]);
      assert.equal(service.metadata.annotations["pulumi.com/skipAwait"], "true");
      const block = [...conf.matchAll(/^ {2}server \{\n([\s\S]*?)^ {2}\}/gm)].find(
        ([text]) => text.includes(`server_name ${host};`) && text.includes("acme-challenge"),
      );
      assert.match(block![0], new RegExp(`proxy_pass http://${service.metadata.name};`));
      assert.match(conf, new RegExp(`server ${service.metadata.name}:8089 `));
      // Only the annotation: webhooks refuse an `ingressClassName` that is not there.
      assert.deepEqual([ingress.class, ingress.ingressClassName], ["switchboard-none", undefined]);
      assert.equal(ingress.serviceType, "ClusterIP");
    }
  });

  test("is the only way to the solvers: the network policies let the proxy in and nobody out", async () => {
    const from = await platform();
    const policies = from.of("kubernetes:networking.k8s.io/v1:NetworkPolicy");
    for (const name of ["acme-solver-0", "acme-solver-1"]) {
      const { spec } = policies.find(({ inputs }) => inputs.metadata.name === name)!.inputs;
      const proxy = { "app.kubernetes.io/name": "edge", "app.kubernetes.io/component": "proxy" };
      assert.deepEqual(spec.policyTypes, ["Ingress"]);
      assert.deepEqual(spec.ingress, [
        { from: [{ podSelector: { matchLabels: proxy } }], ports: [{ protocol: "TCP", port: 8089 }] },
      ]);
    }
  });

  test("is solved by pods that the restricted Pod Security Standard takes, on nodes of the apps", async () => {
    const { spec } = (await onOwnCluster({}, undefined)).of(issuerType)[0]!.inputs.spec.acme.solvers[0].http01.ingress
      .podTemplate;
    // What a template gives replaces cert-manager's own security context of the pod as a whole.
    assert.equal(spec.securityContext.runAsNonRoot, true);
    assert.ok(spec.securityContext.runAsUser > 0);
    assert.equal(spec.securityContext.seccompProfile.type, "RuntimeDefault");
    assert.deepEqual(spec.nodeSelector, { "switchboard.dev/role": "apps" });
    assert.equal(spec.tolerations.length, 1);
    assert.deepEqual(spec.imagePullSecrets, [{ name: "registry" }]);
    const from = await onOwnCluster({}, undefined);
    const account = from.named("kubernetes:core/v1:ServiceAccount", spec.serviceAccountName);
    assert.equal(account.inputs.automountServiceAccountToken, false);
  });

  test("uses an Issuer of the namespace, which no other namespace can use", async () => {
    const from = await platform();
    assert.deepEqual(from.of(clusterIssuerType), []);
    assert.equal(from.of(issuerType)[0]!.inputs.metadata.namespace, "switchboard");
    assert.equal(from.of(certificateType)[0]!.inputs.spec.issuerRef.kind, "Issuer");
  });
});

describe("DNS-01", () => {
  const solver = { cloudDNS: { project: "shop", hostedZoneName: "acme" } };

  test("uses cert-manager's own identity, and for the platform's hosts only", async () => {
    const from = await onOwnCluster({ challenge: "dns01" }, solver);
    assert.deepEqual(from.of(issuerType), []);
    const { metadata, spec } = from.of(clusterIssuerType)[0]!.inputs;
    assert.equal(metadata.name, "shop-acme-production");
    assert.equal(spec.acme.server, letsEncrypt.production);
    assert.deepEqual(spec.acme.solvers, [
      { selector: { dnsNames: ["panel.acme.dev", "chat.acme.dev"] }, dns01: solver },
    ]);
    const { issuerRef } = from.of(certificateType)[0]!.inputs.spec;
    assert.deepEqual(issuerRef, { group: "cert-manager.io", kind: "ClusterIssuer", name: "shop-acme-production" });
    assert.equal(nameOf(from.of(clusterIssuerType)[0]!.deletedWith), "cluster");
    assert.equal(from.outputs.challenges, 0);
    assert.deepEqual(from.of("kubernetes:core/v1:Service"), []);
  });
});
