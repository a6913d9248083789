import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Connection } from "../components/contracts";
import { problems } from "./components/settings/stack";
import { smallConfig } from "./support/config";
import { emptyValues, withSecrets } from "./support/emptyValues";
import { type Plan, plan, type Registration, secretKey } from "./support/plan";
import { podTemplates, solverSpecs } from "./support/pods";
import { layerKey } from "./support/project";
import { reaches } from "./support/reachability";
import { serversOf, usesPooler } from "./support/servers";
import { planOf } from "./support/sharedPlans";
import { everyStack } from "./support/stacks";

for (const { name, stack, config, namespace, secretKeys } of everyStack()) {
  describe(`every resource of ${name}`, () => {
    let preview: Plan;
    let update: Plan;
    before(async () => {
      preview = await planOf({ stack, config, secretKeys });
      update = await planOf({ stack, config, secretKeys }, false);
    });

    const kubernetes = (from: Plan) => from.registrations.filter(({ type }) => type.startsWith("kubernetes:"));

    test("a preview and an update register the same resources", () => {
      const urns = (from: Plan) => from.registrations.map(({ urn }) => urn);
      assert.ok(urns(preview).length > 50);
      assert.deepEqual(urns(preview), urns(update));
    });

    test("only components stand at the top, and every other resource has a parent", () => {
      for (const { urn, parent, custom } of preview.registrations) assert.ok(parent !== "" || !custom, urn);
    });

    test("a child's name starts with its parent's, but where the settings give it", () => {
      const apps = (config[layerKey("apps")] ?? {}) as Record<string, { processes: Record<string, { name?: string }> }>;
      const given = (app: string) => Object.values(apps[app]?.processes ?? {}).flatMap(({ name }) => name ?? []);
      const byUrn = new Map(preview.registrations.map((entry) => [entry.urn, entry]));
      for (const { urn, name, parent } of preview.registrations) {
        const above = byUrn.get(parent);
        // The workers are a component around one workload of the same name.
        const begins = (other: string) => name.startsWith(other);
        if (above) assert.ok([above.name, ...given(above.name)].some(begins), `${urn} below ${above.name}`);
      }
    });

    test("every Kubernetes object uses the cluster's own provider", () => {
      for (const { urn, provider } of kubernetes(preview)) assert.match(provider, /::cluster-provider::/, urn);
    });

    test("every Kubernetes object belongs to the product, and to the namespace where it can belong to one", () => {
      const ofCluster = /:(Namespace|StorageClass|ClusterIssuer)$/;
      for (const { urn, type, inputs } of kubernetes(preview)) {
        // A chart's objects are the chart's own.
        if (type === "kubernetes:helm.sh/v3:Release") continue;
        assert.equal(inputs.metadata.labels["app.kubernetes.io/part-of"], "switchboard", urn);
        if (!ofCluster.test(type)) assert.equal(inputs.metadata.namespace, namespace, urn);
      }
    });

    test("no Secret and no ConfigMap is empty, nor any map or list that a provider would leave out", () => {
      const stored = kubernetes(update).filter(({ type }) => /core\/v1:(Secret|ConfigMap)$/.test(type));
      assert.ok(stored.length > 20);
      for (const { urn, inputs } of stored) {
        const { data, stringData, binaryData } = withSecrets(inputs) as Record<string, object>;
        assert.ok(Object.keys({ ...data, ...stringData, ...binaryData }).length > 0, urn);
      }
      for (const from of [preview, update])
        assert.deepEqual(
          from.registrations
            .filter(({ custom }) => custom)
            .flatMap(({ urn, type, inputs }) => emptyValues(type, inputs).map((path) => `${urn} ${path}`)),
          [],
        );
    });

    test("names keep to Kubernetes' limits", () => {
      for (const { urn, type, inputs } of kubernetes(preview)) {
        // What is in a label or in the DNS is short; these are only read by their name.
        const longest = type.endsWith(":CronJob") ? 52 : /:(Secret|ConfigMap)$/.test(type) ? 253 : 63;
        const name: string = inputs.metadata?.name ?? inputs.name ?? "";
        assert.ok(name.length <= longest && (name === "" || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)), urn);
      }
    });

    test("no generated secret is anywhere in clear", () => {
      for (const { urn, inputs } of update.registrations) {
        const clear = withoutSecrets(inputs);
        assert.doesNotMatch(JSON.stringify(clear), /generated-password|BEGIN (EC |RSA )?PRIVATE KEY/, urn);
      }
      assert.doesNotMatch(JSON.stringify(withoutSecrets(update.outputs)), /generated-password|PRIVATE KEY/);
      assert.match(JSON.stringify(update.outputs), /generated-password/);
    });

    test("every pod keeps to the restricted Pod Security Standard, with a read-only root and no token", () => {
      for (const { owner, template, containers } of podTemplates(preview)) {
        const { spec } = template;
        assert.equal(spec.securityContext.runAsNonRoot, true, owner.urn);
        assert.ok(spec.securityContext.runAsUser > 0, owner.urn);
        assert.equal(spec.securityContext.seccompProfile.type, "RuntimeDefault", owner.urn);
        assert.equal(spec.automountServiceAccountToken, false, owner.urn);
        for (const { securityContext } of containers) {
          assert.equal(securityContext.allowPrivilegeEscalation, false, owner.urn);
          assert.equal(securityContext.readOnlyRootFilesystem, true, owner.urn);
          assert.deepEqual(securityContext.capabilities, { drop: ["ALL"] }, owner.urn);
        }
        const allowed = ["configMap", "secret", "emptyDir", "ephemeral", "persistentVolumeClaim", "name"];
        for (const volume of spec.volumes) {
          assert.deepEqual(
            Object.keys(volume).filter((key) => !allowed.includes(key)),
            [],
            owner.urn,
          );
        }
      }
    });

    test("every pod has its own service account, or the one of its app's identity", () => {
      const pods = podTemplates(preview).map(({ template }) => ({
        account: template.spec.serviceAccountName,
        app: template.metadata.labels["app.kubernetes.io/name"],
      }));
      const isIdentity = ({ account, app }: (typeof pods)[number]) => account === `${app}-identity`;
      const accounts = [
        ...pods.filter((pod) => !isIdentity(pod)).map(({ account }) => account),
        ...new Set(pods.filter(isIdentity).map(({ account }) => account)),
      ];
      // Those that answer for the host names are alike.
      accounts.push(...new Set(solverSpecs(preview).map(({ spec }) => spec.serviceAccountName)));
      assert.deepEqual(accounts, [...new Set(accounts)]);
      const made = preview.of("kubernetes:core/v1:ServiceAccount").map(({ inputs }) => inputs.metadata.name);
      assert.deepEqual([...accounts].sort(), [...made].sort());
    });

    test("every container asks for something, has a limit, and names a version of its image", () => {
      for (const { owner, containers } of podTemplates(preview)) {
        for (const { resources, image } of containers) {
          assert.ok(resources.requests.cpu && resources.requests.memory, owner.urn);
          assert.ok(resources.limits.cpu && resources.limits.memory, owner.urn);
          assert.match(image, /:[^/:]+$/, owner.urn);
          assert.doesNotMatch(image, /:latest$/, owner.urn);
        }
      }
    });

    test("no variable of a container is set twice", () => {
      for (const { owner, containers } of podTemplates(preview)) {
        for (const { env = [] } of containers) {
          const names = env.map(({ name }: { name: string }) => name);
          assert.deepEqual(names, [...new Set(names)], owner.urn);
        }
      }
    });

    test("probes of a Deployment differ, and a rollout takes no pod away before its successor is ready", () => {
      const deployments = podTemplates(preview).filter(({ owner }) => owner.type === "kubernetes:apps/v1:Deployment");
      assert.ok(deployments.length >= 4);
      for (const { owner, template } of deployments) {
        const { startupProbe, readinessProbe, livenessProbe, ports } = template.spec.containers[0];
        // A declared app may say that a process has no probe, or that its old pod goes first.
        if (!startupProbe && owner.urn.includes("switchboard:apps:App$")) continue;
        assert.ok(startupProbe && livenessProbe, owner.urn);
        // Nodes of a cluster find each other before they are ready.
        if (ports?.some(({ name }: { name: string }) => name !== "dist")) {
          assert.ok(readinessProbe, owner.urn);
          assert.notDeepEqual(readinessProbe, livenessProbe, owner.urn);
        }
        assert.notDeepEqual(startupProbe, livenessProbe, owner.urn);
        const { type, rollingUpdate } = owner.inputs.spec.strategy;
        if (type === "Recreate") assert.ok(owner.urn.includes("switchboard:apps:App$"), owner.urn);
        else assert.equal(rollingUpdate.maxUnavailable, 0, owner.urn);
      }
    });

    test("there is a disruption budget exactly where there are two replicas or more", () => {
      const many = preview.of("kubernetes:apps/v1:Deployment").filter(({ inputs }) => inputs.spec.replicas >= 2);
      const names = (entries: Registration[]) => entries.map(({ inputs }) => inputs.metadata.name).sort();
      assert.deepEqual(names(preview.of("kubernetes:policy/v1:PodDisruptionBudget")), names(many));
    });

    test("selectors hold no version and no stage", () => {
      for (const { owner } of podTemplates(preview)) {
        const selector = owner.inputs.spec.selector?.matchLabels;
        if (!selector) continue;
        assert.deepEqual(
          Object.keys(selector)
            .filter((key) => key !== "app.kubernetes.io/instance")
            .sort(),
          ["app.kubernetes.io/component", "app.kubernetes.io/name"],
          owner.urn,
        );
        // Of the pooler of one generation of passwords, which stands beside that of another.
        assert.match(selector["app.kubernetes.io/instance"] ?? "g1", /^g\d+$/, owner.urn);
      }
    });

    test("each pod reaches what its variables name and nothing else", () => {
      const policies = Object.fromEntries(
        preview
          .of("kubernetes:networking.k8s.io/v1:NetworkPolicy")
          .map(({ inputs }) => [inputs.metadata.name, inputs.spec]),
      );
      const servers = serversOf(update);
      for (const { owner, template, containers } of podTemplates(update)) {
        const labels = template.metadata.labels;
        const pod = { name: labels["app.kubernetes.io/name"], component: labels["app.kubernetes.io/component"] };
        const pooled = usesPooler(update, containers);
        const isPooler = pod.component === "pooler";
        // What stands beside a server reaches it within its pod.
        const isInside = pooled || /^postgres(-\d+)?-server$/.test(owner.name);
        const names = variableNames(update, containers).filter((name) => name !== "PGHOST" || !isInside);
        if (isPooler) names.push("PGHOST");
        assert.equal(
          reaches(policies, pod, { pods: { name: "postgres", component: "pooler" }, port: 5432 }),
          pooled,
          `${owner.urn} the pooler`,
        );
        for (const [variable, targets] of Object.entries(servers)) {
          for (const target of targets) {
            const where = `${owner.urn} ${variable} ${JSON.stringify(target)}`;
            assert.equal(reaches(policies, pod, target), names.includes(variable), where);
          }
        }
        for (const address of ["203.0.113.1", "10.0.0.1", "169.254.169.254"])
          assert.equal(reaches(policies, pod, { address, port: 443 }), false, `${owner.urn} ${address}`);
        const world: Connection["from"] = "anywhere";
        assert.equal(
          reaches(policies, "outside", { pods: pod, port: 8443 }),
          pod.name === "edge",
          `${world} ${owner.urn}`,
        );
      }
    });

    test("what Pulumi waits for cannot wait for itself: Services inside the cluster are not awaited", () => {
      for (const { urn, inputs } of preview.of("kubernetes:core/v1:Service")) {
        if (inputs.spec.type) continue;
        assert.equal(inputs.metadata.annotations["pulumi.com/skipAwait"], "true", urn);
      }
    });

    test("every rollout waits for its migration", () => {
      for (const [deployment, job] of [
        ["panel-deployment", "panel-migrate-"],
        ["workers-deployment", "panel-migrate-"],
        ["chat-deployment", "chat-migrate-"],
      ] as const) {
        const { dependencies } = preview.named("kubernetes:apps/v1:Deployment", deployment);
        assert.ok(
          dependencies.some((urn) => urn.includes(`batch/v1:Job::${job}`)),
          deployment,
        );
      }
    });
  });
}

/** Names of the variables of a pod, those of a ConfigMap that it takes whole included. */
function variableNames(from: Plan, containers: any[]): string[] {
  return containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ name }: { name: string }) => name),
    ...envFrom.flatMap(({ configMapRef, secretRef }: Record<string, { name: string }>) =>
      from
        .of(`kubernetes:core/v1:${configMapRef ? "ConfigMap" : "Secret"}`)
        .filter(({ inputs }) => inputs.metadata.name === (configMapRef ?? secretRef)!.name)
        .flatMap(({ inputs }) => Object.keys((withSecrets(inputs) as any)[configMapRef ? "data" : "stringData"])),
    ),
  ]);
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return secretKey;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutSecrets(entry)]));
}

test("every variable that the platform sets is refused in the settings of the app", async () => {
  const platform = await plan(smallConfig());
  for (const app of ["panel", "chat"] as const) {
    const { inputs } = platform.named("kubernetes:apps/v1:Deployment", `${app}-deployment`);
    const names: string[] = inputs.spec.template.spec.containers[0].env.map(({ name }: { name: string }) => name);
    assert.ok(names.length > 10);
    const found = problems((raw) => {
      raw[app].env = Object.fromEntries(names.map((name) => [name, "x"]));
    });
    for (const name of names)
      assert.ok(
        found.some((text) => text.startsWith(`${app}.env.${name}:`)),
        `${app} ${name}`,
      );
  }
});
