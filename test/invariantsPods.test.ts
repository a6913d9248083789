import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { cloudOf } from "../components/clouds";
import { type Plan, type Registration, secretKey } from "./support/plan";
import { type PodTemplate, podTemplates, solverSpecs } from "./support/pods";
import { planOf } from "./support/sharedPlans";
import { declaredProcesses, platformSchedules, postgresServers, settingsOf } from "./support/stackSettings";
import { everyStack, type Stack } from "./support/stacks";

for (const stack of everyStack()) {
  describe(`every pod, Service and volume of ${stack.name}`, () => {
    const settings = settingsOf(stack);
    let preview: Plan;
    let update: Plan;
    before(async () => {
      preview = await planOf(stack);
      update = await planOf(stack, false);
    });

    test("a pod may take as long as its waits together before it is killed, and ten seconds more", () => {
      const times = stopTimes(stack);
      for (const { owner, template } of podTemplates(preview)) {
        const { preStop = 0, stop = 10 } = times[owner.name] ?? {};
        const { terminationGracePeriodSeconds, containers } = template.spec;
        assert.equal(preStopOf(containers[0]), preStop, `${owner.urn} waits before its stop signal`);
        assert.equal(terminationGracePeriodSeconds, preStop + stop + 10, `${owner.urn} may take until it is killed`);
      }
      for (const name of Object.keys(times)) assert.ok(byName(preview, name), name);
    });

    test("a pod goes on serving for longer than NGINX keeps a connection to it", () => {
      const upstreams = upstreamsOf(preview);
      let served = 0;
      for (const { name, host, text } of upstreams) {
        const [, kept] = /keepalive_time (\d+)s;/.exec(text) ?? [];
        assert.ok(kept, `upstream ${name}: NGINX keeps a connection for an hour by default`);
        for (const { owner, template } of podsBehind(preview, host)) {
          served += 1;
          assert.ok(preStopOf(template.spec.containers[0]) >= Number(kept), `${owner.urn} behind upstream ${name}`);
        }
      }
      const routed = declaredProcesses(settings).filter(({ process }) => process.route);
      assert.equal(served, 2 + routed.length, "the panel, the chat and each process with a route");
    });

    test("pods are as many as the settings say", () => {
      const { panel, workers, chat, edge } = settings;
      for (const [name, { replicas }] of Object.entries({ panel, workers, chat, edge }))
        assert.equal(byName(preview, `${name}-deployment`)?.owner.inputs.spec.replicas, replicas, name);
      for (const { name, process } of declaredProcesses(settings))
        assert.equal(byName(preview, name)?.owner.inputs.spec.replicas, process.replicas, name);
      const stopped = postgresServers(settings).find((server) => server.stopped)?.name;
      for (const { urn, name, inputs } of preview.of("kubernetes:apps/v1:StatefulSet"))
        assert.equal(inputs.spec.replicas, name === stopped ? 0 : 1, urn);
    });

    test("a pod comes before an old one goes, one at a time, and is given up before `up` is", () => {
      const patience = settings.operations.rolloutTimeoutSeconds;
      const recreated = declaredProcesses(settings).filter(({ process }) => process.strategy === "recreate");
      for (const { urn, name, inputs } of preview.of("kubernetes:apps/v1:Deployment")) {
        const { strategy, progressDeadlineSeconds, minReadySeconds } = inputs.spec;
        const wished = recreated.some((one) => one.name === name)
          ? { type: "Recreate" }
          : { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
        assert.deepEqual(strategy, wished, urn);
        assert.ok(minReadySeconds >= 5, `${urn}: a pod that dies at once is not counted as ready`);
        assert.ok(progressDeadlineSeconds > 0 && progressDeadlineSeconds < patience, urn);
        assert.equal(inputs.metadata.annotations["pulumi.com/timeoutSeconds"], String(patience), urn);
      }
    });

    test("a pod gets its image with the credentials that the settings name, and without where they name none", () => {
      const { imagePullSecret, registries } = settings.operations;
      const names = [...(Object.keys(registries).length > 0 ? ["registries"] : []), ...[imagePullSecret ?? []].flat()];
      const wished = names.length > 0 ? names.map((name) => ({ name })) : undefined;
      for (const { owner, template } of podTemplates(preview))
        assert.deepEqual(template.spec.imagePullSecrets, wished, owner.urn);
      for (const { owner, spec } of solverSpecs(preview)) assert.deepEqual(spec.imagePullSecrets, wished, owner.urn);
    });

    test("a pod gets the secret variables of its own app, each from the Secret that holds it, and no other app's", () => {
      const { panel, chat } = settings;
      let found = 0;
      for (const { owner, template, containers } of podTemplates(update)) {
        const app = template.metadata.labels["app.kubernetes.io/name"];
        for (const container of containers.filter(({ image }) => image === containers.at(-1)!.image)) {
          const read = secretVariables(update, container);
          for (const [whose, { secretEnv }] of Object.entries({ panel, chat })) {
            for (const [name, value] of Object.entries(secretEnv)) {
              assert.equal(read.get(name), whose === app ? value.reveal() : undefined, `${owner.urn} ${name}`);
              if (whose === app) found += 1;
            }
          }
        }
      }
      // The web, the workers, the migration and each schedule; the sockets and their migration.
      const ofPanel = Object.keys(panel.secretEnv).length * (3 + Object.keys(panel.schedules).length);
      assert.ok(found >= ofPanel + Object.keys(chat.secretEnv).length * 2, String(found));
    });

    test("a pod says which release it is, as the settings name it or else its image", () => {
      const { version } = settings.operations;
      for (const { owner, template, containers } of podTemplates(preview)) {
        const product =
          /^(panel|workers|chat|shop|store|talk)/.test(owner.name) && owner.type !== "kubernetes:batch/v1:Job";
        // A label has no room for a whole digest.
        const [, tag, digest] = /(?::([^/:@]+))?(?:@sha256:([0-9a-f]+))?$/.exec(containers.at(-1)!.image)!;
        // A Job cannot change, and another name of the same image must not run it again.
        const wished = (product ? version : undefined) ?? tag ?? digest?.slice(0, 12);
        assert.equal(template.metadata.labels["app.kubernetes.io/version"], wished, owner.urn);
        const said = containers
          .at(-1)!
          .env?.find((entry: { name: string }) => /^(APP_)?VERSION$/.test(entry.name))?.value;
        if (product) assert.equal(said, wished, owner.urn);
      }
    });

    test("a job of a schedule goes a day after its end, and what a rollout waits for does not go by itself", () => {
      for (const { urn, name, inputs } of preview.of("kubernetes:batch/v1:CronJob")) {
        const { jobTemplate, concurrencyPolicy, startingDeadlineSeconds } = inputs.spec;
        assert.equal(jobTemplate.spec.ttlSecondsAfterFinished, name === "postgres-drill-cron" ? 3600 : 86_400, urn);
        assert.ok(jobTemplate.spec.activeDeadlineSeconds > 0, `${urn} is given up at some time`);
        assert.equal(concurrencyPolicy, "Forbid", urn);
        assert.equal(startingDeadlineSeconds, 300, `${urn} starts late, and within five minutes`);
      }
      for (const { urn, inputs } of preview.of("kubernetes:batch/v1:Job")) {
        assert.equal(inputs.spec.ttlSecondsAfterFinished, undefined, `${urn} would be run again`);
        assert.ok(inputs.spec.activeDeadlineSeconds > 0, `${urn} is given up at some time`);
        assert.equal(inputs.metadata.annotations["pulumi.com/replaceUnready"], "true", urn);
      }
    });

    test("a job of a schedule runs when, and what, the settings say", () => {
      const jobs = preview.of("kubernetes:batch/v1:CronJob");
      const all = { panel: settings.panel, ...settings.apps, ...platformSchedules(settings) };
      const schedules = Object.entries(all).flatMap(([app, { schedules }]) =>
        Object.entries(schedules).map(([name, schedule]) => ({ ...schedule, name: `${app}-${name}-cron` })),
      );
      assert.equal(jobs.length, schedules.length);
      for (const { name, cron, timeZone, command } of schedules) {
        const { spec } = preview.named("kubernetes:batch/v1:CronJob", name).inputs;
        assert.deepEqual([spec.schedule, spec.timeZone], [cron, timeZone]);
        assert.deepEqual(spec.jobTemplate.spec.template.spec.containers[0].command, command);
      }
    });

    test("a Service tells nodes of others that are not ready yet, so that they join before they serve", () => {
      const headless = preview
        .of("kubernetes:core/v1:Service")
        .filter(({ inputs }) => inputs.spec.clusterIP === "None");
      for (const { urn, inputs } of headless) assert.equal(inputs.spec.publishNotReadyAddresses, true, urn);
      const { template } = byName(preview, "chat-deployment")!;
      const value = (name: string) => template.spec.containers[0].env.find((entry: any) => entry.name === name).value;
      const chats = headless.filter(({ inputs }) => selects(inputs.spec.selector, template.metadata.labels));
      assert.equal(chats.length, 1, "one leads to the chat");
      const { metadata, spec } = chats[0]!.inputs;
      assert.equal(value("CLUSTER_SERVICE"), `${metadata.name}.${stack.namespace}.svc.cluster.local`);
      assert.deepEqual(
        spec.ports.map(({ port }: { port: number }) => String(port)),
        [value("DIST_PORT")],
      );
    });

    test("a Service sends nobody else to a pod that is not ready", () => {
      for (const { urn, inputs } of preview.of("kubernetes:core/v1:Service"))
        if (inputs.spec.clusterIP !== "None") assert.equal(inputs.spec.publishNotReadyAddresses, undefined, urn);
    });

    test("a Service leads to pods of the platform, at a port that they listen on", () => {
      const pods = podTemplates(preview);
      for (const { urn, inputs } of preview.of("kubernetes:core/v1:Service")) {
        const behind = pods.filter(({ template }) => selects(inputs.spec.selector, template.metadata.labels));
        // cert-manager makes the pods that answer an authority.
        if (inputs.spec.selector["app.kubernetes.io/name"] === "acme") continue;
        assert.equal(behind.length, 1, urn);
        const open = behind[0]!.containers.flatMap(({ ports = [] }) => ports.map((port: any) => port.containerPort));
        for (const { targetPort } of inputs.spec.ports) assert.ok(open.includes(targetPort), `${urn} ${targetPort}`);
      }
    });

    test("the balancer keeps the client's address", () => {
      const { inputs } = preview.named("kubernetes:core/v1:Service", "edge-service");
      const { type, externalTrafficPolicy, loadBalancerClass } = inputs.spec;
      const { service } = settings.edge;
      assert.equal(type, service.type);
      if (type !== "LoadBalancer") return;
      // Pods are targets themselves: no node is on the way, and nodes without a pod must not be left out.
      const straight = stack.kind === "eks";
      assert.equal(externalTrafficPolicy, service.externalTrafficPolicy ?? (straight ? "Cluster" : "Local"));
      if (!straight) return;
      assert.equal(loadBalancerClass, "service.k8s.aws/nlb");
      assert.equal(inputs.metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], "ip");
    });

    test("a server writes to a volume that outlives it, as large and of the class that the settings say", () => {
      const { postgres, redis } = settings;
      const servers = preview.of("kubernetes:apps/v1:StatefulSet");
      const wished = [
        ...postgresServers(settings).map(({ name }) => [name, postgres] as const),
        ...(redis.kind === "inCluster" ? [["redis-server", redis] as const] : []),
      ];
      assert.equal(servers.length, wished.length);
      for (const [name, layer] of wished) {
        const { spec } = preview.named("kubernetes:apps/v1:StatefulSet", name).inputs;
        assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
        assert.equal(spec.volumeClaimTemplates.length, 1);
        const [claim] = spec.volumeClaimTemplates;
        const { storage, storageClass } = layer as { storage: string; storageClass?: string };
        assert.equal(claim.spec.resources.requests.storage, storage, name);
        if (storageClass) assert.equal(claim.spec.storageClassName, storageClass, name);
        const mounts = spec.template.spec.containers[0].volumeMounts.map((mount: { name: string }) => mount.name);
        assert.ok(mounts.includes(claim.metadata.name), `${name} writes to its volume`);
      }
    });
  });
}

/** Seconds before the stop signal and after it, of what is not a job: each with the settings it is made of. */
function stopTimes(stack: Stack): Record<string, { readonly preStop?: number; readonly stop: number }> {
  const settings = settingsOf(stack);
  const { panel, workers, chat, edge, postgres, redis } = settings;
  const upstream = edge.upstreamPreStopSeconds;
  return {
    "panel-deployment": { preStop: upstream, stop: panel.shutdownSeconds },
    "workers-deployment": { stop: workers.jobTimeoutSeconds },
    "chat-deployment": { preStop: upstream, stop: chat.drainSeconds },
    "edge-deployment": {
      preStop: Math.max(edge.preStopSeconds, cloudOf("cluster", stack.kind)!.deregistrationSeconds),
      stop: edge.drainSeconds,
    },
    ...Object.fromEntries(
      declaredProcesses(settings).map(({ name, process: { port, servicePort, stopSeconds, sidecars } }) => [
        name,
        {
          preStop: port === undefined && servicePort === undefined ? 0 : upstream,
          stop: Object.values(sidecars).reduce((sum, sidecar) => sum + sidecar.stopSeconds, stopSeconds),
        },
      ]),
    ),
    ...Object.fromEntries(
      postgresServers(settings).map(({ name, archives }) => [name, { stop: archives ? 115 : 110 }]),
    ),
    ...(redis.kind === "inCluster" ? { "redis-server": { stop: 50 } } : {}),
    ...(postgres.pooler
      ? { [`postgres-pooler-g${postgres.passwordGeneration}-deployment`]: { preStop: 10 + 30 + 60 } }
      : {}),
  };
}

/** What a pod sleeps for; of one that runs a script, what that takes at most. */
const preStopOf = ({ lifecycle }: { lifecycle?: any }): number => {
  const script: string | undefined = lifecycle?.preStop.exec?.command.at(-1);
  if (script === undefined) return lifecycle?.preStop.sleep.seconds ?? 0;
  const times = script.matchAll(/^sleep (\d+)$|\+ (\d+)\)\)$/gm);
  return [...times].reduce((sum, [, sleep, most]) => sum + Number(sleep ?? most), 0);
};

const byName = (from: Plan, name: string): PodTemplate | undefined =>
  podTemplates(from).find(({ owner }) => owner.name === name);

function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The servers that NGINX forwards to, as its configuration has them. */
function upstreamsOf(from: Plan): { readonly name: string; readonly host: string; readonly text: string }[] {
  const conf: string = from.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
  return [...conf.matchAll(/upstream (\S+) \{([^}]*)\}/g)].map(([, name, text]) => ({
    name: name!,
    host: /server ([^:\s]+):/.exec(text!)![1]!,
    text: text!,
  }));
}

function podsBehind(from: Plan, host: string): PodTemplate[] {
  const service = from.of("kubernetes:core/v1:Service").find(({ inputs }) => inputs.metadata.name === host);
  assert.ok(service, `there is a Service ${host}`);
  return podTemplates(from).filter(({ template }) => selects(service.inputs.spec.selector, template.metadata.labels));
}

/** The variables that a container has from Secrets of the platform, by themselves or with a whole Secret. */
function secretVariables(from: Plan, { env = [], envFrom = [] }: any): Map<string, unknown> {
  const whole = envFrom.flatMap(({ secretRef }: any) =>
    secretRef ? Object.entries(valuesOf(from, secretRef.name)) : [],
  );
  const single = env.flatMap(({ name, valueFrom }: any) => {
    const reference = valueFrom?.secretKeyRef;
    return reference ? [[name, valuesOf(from, reference.name)[reference.key]]] : [];
  });
  return new Map([...whole, ...single]);
}

/** What a Secret of the platform holds. One that is optional may not be there. */
function valuesOf(from: Plan, name: string): Record<string, unknown> {
  const nameOf = ({ name: own, inputs }: Registration) => inputs.metadata.name ?? `${own}-0a1b2c3d`;
  const secret = from.of("kubernetes:core/v1:Secret").find((entry) => nameOf(entry) === name);
  const values = secret ? (secret.inputs.stringData[secretKey] ?? secret.inputs.stringData) : {};
  return Object.fromEntries(Object.entries<any>(values).map(([key, value]) => [key, value?.[secretKey] ?? value]));
}
