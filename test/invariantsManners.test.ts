import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Plan } from "./support/plan";
import { podTemplates } from "./support/pods";
import { planOf } from "./support/sharedPlans";
import { settingsOf } from "./support/stackSettings";
import { everyStack } from "./support/stacks";

for (const stack of everyStack()) {
  describe(`the manners of ${stack.name}`, () => {
    const settings = settingsOf(stack);
    let preview: Plan;
    before(async () => {
      preview = await planOf(stack);
    });
    const specOf = (type: string, name: string) => preview.named(`kubernetes:${type}`, name).inputs.spec;
    const deployment = (name: string) => specOf("apps/v1:Deployment", `${name}-deployment`);

    test("no command of the platform has a pair of dollars, which Kubernetes makes one", () => {
      for (const { owner, template } of podTemplates(preview)) {
        const { initContainers = [], containers } = template.spec;
        for (const { command = [], args = [] } of [...initContainers, ...containers])
          assert.doesNotMatch([...command, ...args].join("\n"), /\$\$/, owner.urn);
      }
    });

    test("pods are spread over nodes and zones where there are some, and start where there is one", () => {
      for (const { owner, template } of podTemplates(preview)) {
        const { topologySpreadConstraints: spread, enableServiceLinks } = template.spec;
        assert.deepEqual(
          spread.map(({ topologyKey }: { topologyKey: string }) => topologyKey),
          ["kubernetes.io/hostname", "topology.kubernetes.io/zone"],
          owner.urn,
        );
        for (const { whenUnsatisfiable, maxSkew, labelSelector, matchLabelKeys } of spread) {
          assert.deepEqual([whenUnsatisfiable, maxSkew], ["ScheduleAnyway", 1], owner.urn);
          for (const [key, value] of Object.entries(labelSelector.matchLabels))
            assert.equal(template.metadata.labels[key], value, owner.urn);
          // Pods of the release before are not reckoned with.
          if (owner.type.endsWith(":Deployment")) assert.deepEqual(matchLabelKeys, ["pod-template-hash"], owner.urn);
        }
        assert.equal(
          enableServiceLinks,
          false,
          `${owner.urn} gets no variable of any Service that there happens to be`,
        );
        assert.equal(template.spec.securityContext.fsGroupChangePolicy, "OnRootMismatch", owner.urn);
      }
    });

    test("a server with a disk runs on the nodes that are for it, where there are some, and nothing else does", () => {
      const { cluster } = settings;
      const pools = "pools" in cluster ? Object.values(cluster.pools as Record<string, { role: string }>) : [];
      const own = pools.some(({ role }) => role === "data") ? "data" : "apps";
      for (const { owner, template } of podTemplates(preview)) {
        const wished = owner.type.endsWith(":StatefulSet") ? own : "apps";
        const role = template.spec.nodeSelector?.["switchboard.dev/role"];
        assert.equal(role, pools.length > 0 ? wished : undefined, owner.urn);
      }
    });

    test("a container that fails says why; what is mounted is read-only and for its group alone", () => {
      for (const { owner, template, containers } of podTemplates(preview)) {
        const files = template.spec.volumes.filter((volume: any) => volume.secret || volume.configMap);
        for (const { secret, configMap } of files) assert.equal((secret ?? configMap).defaultMode, 0o440, owner.urn);
        const names = new Set(files.map(({ name }: { name: string }) => name));
        for (const { name, terminationMessagePolicy, volumeMounts = [] } of containers) {
          assert.equal(terminationMessagePolicy, "FallbackToLogsOnError", `${owner.urn} ${name}`);
          for (const mount of volumeMounts)
            if (names.has(mount.name)) assert.equal(mount.readOnly, true, `${owner.urn} ${name} ${mount.name}`);
        }
        for (const { name, restartPolicy, startupProbe } of template.spec.initContainers ?? []) {
          assert.equal(restartPolicy, name === "prepare" ? undefined : "Always", `${owner.urn} ${name}`);
          // A declared app may say that a sidecar has no probe.
          if (!startupProbe && owner.urn.includes("switchboard:apps:App$")) continue;
          assert.equal(startupProbe !== undefined, restartPolicy === "Always", `${owner.urn} ${name}`);
        }
      }
    });

    test("a drain takes one pod at a time, also one that is broken, and a release can be taken back", () => {
      for (const { urn, inputs } of preview.of("kubernetes:policy/v1:PodDisruptionBudget")) {
        const { selector, ...rest } = inputs.spec;
        assert.deepEqual(rest, { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" }, urn);
        assert.deepEqual(selector, deployment(inputs.metadata.name).selector, urn);
      }
      for (const { urn, inputs } of preview.of("kubernetes:apps/v1:Deployment"))
        assert.ok(inputs.spec.revisionHistoryLimit >= 1, urn);
      const patience = String(settings.operations.rolloutTimeoutSeconds);
      for (const { urn, inputs } of preview.of("kubernetes:apps/v1:StatefulSet"))
        assert.equal(inputs.metadata.annotations["pulumi.com/timeoutSeconds"], patience, urn);
    });

    test("a job is tried again, and its runs do not pile up", () => {
      // The one that ends old passwords waits by itself, as long as there is a reason to.
      for (const { urn, name, inputs } of preview.of("kubernetes:batch/v1:Job"))
        assert.equal(inputs.spec.backoffLimit, /^(postgres|redis)-retire-/.test(name) ? 0 : 2, urn);
      for (const { urn, inputs } of preview.of("kubernetes:batch/v1:CronJob")) {
        assert.equal(inputs.spec.jobTemplate.spec.backoffLimit, 2, urn);
        assert.deepEqual([inputs.spec.successfulJobsHistoryLimit, inputs.spec.failedJobsHistoryLimit], [3, 1], urn);
      }
    });

    test("what is named anew with its content cannot be changed under its name, and the other way round", () => {
      for (const type of ["Secret", "ConfigMap"]) {
        for (const { urn, inputs } of preview.of(`kubernetes:core/v1:${type}`))
          assert.equal(inputs.immutable ?? false, inputs.metadata.name === undefined, urn);
      }
    });

    test("an app that is alive is asked for itself alone, and traffic waits until it says that it is ready", () => {
      for (const name of ["panel", "chat"]) {
        const { startupProbe, readinessProbe, livenessProbe } = deployment(name).template.spec.containers[0];
        const paths = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path);
        assert.deepEqual(paths, ["/startupz", "/readyz", "/livez"], name);
      }
      const { livenessProbe } = deployment("workers").template.spec.containers[0];
      assert.ok(livenessProbe.timeoutSeconds >= 10, "it starts a Node.js each time");
    });

    test("the namespace lets in restricted pods only, by a version of the standard that does not move", () => {
      const { labels } = preview.named("kubernetes:core/v1:Namespace", "namespace-namespace").inputs.metadata;
      for (const mode of ["enforce", "warn", "audit"]) {
        assert.equal(labels[`pod-security.kubernetes.io/${mode}`], "restricted");
        assert.match(labels[`pod-security.kubernetes.io/${mode}-version`], /^v1\.\d+$/);
      }
      // The controller of AWS' balancers waits there for its targets before a rollout goes on.
      const gate = labels["elbv2.k8s.aws/pod-readiness-gate-inject"];
      assert.equal(gate, stack.kind === "eks" ? "enabled" : undefined);
    });

    test("what the settings say of an app stands in its variables", () => {
      const { panel, workers, chat, edge, operations } = settings;
      const usual = { STAGE: operations.stage, LOG_LEVEL: operations.logLevel };
      const port = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
      const ofPanel = {
        ...usual,
        PUBLIC_URL: `https://${edge.panel.host}${port}`,
        SHUTDOWN_SECONDS: panel.shutdownSeconds,
        PG_POOL_SIZE: panel.connections,
        JOB_CONCURRENCY: workers.concurrency,
        JOB_TIMEOUT_SECONDS: workers.jobTimeoutSeconds,
        ...panel.env,
      };
      const ofChat = {
        ...usual,
        ALLOWED_ORIGINS: `https://${edge.panel.host}${port}`,
        DRAIN_SECONDS: chat.drainSeconds,
        SCHEDULERS: chat.schedulers,
        PG_POOL_SIZE: chat.connections,
        ...chat.env,
      };
      for (const [name, wished] of Object.entries({ panel: ofPanel, workers: ofPanel, chat: ofChat })) {
        const { env } = deployment(name).template.spec.containers[0];
        for (const [variable, value] of Object.entries(wished))
          assert.equal(env.find((entry: any) => entry.name === variable)?.value, String(value), `${name} ${variable}`);
      }
      // Who the first account is for concerns the migration alone, which makes it.
      const migration = preview.of("kubernetes:core/v1:ConfigMap").find(({ name }) => name.startsWith("panel-migrate"));
      // Beside an address that a cloud gives, a preview knows none of them.
      if (settings.postgres.kind === "inCluster")
        assert.equal(migration?.inputs.data.ADMIN_EMAIL, panel.firstAdministrator);
    });

    test("a generation that is raised makes another secret", () => {
      const generation = (name: string) =>
        preview.named("random:index/randomPassword:RandomPassword", name).inputs.keepers.generation;
      assert.equal(
        generation(`chat-cookie-password-g${settings.chat.cookieGeneration}`),
        String(settings.chat.cookieGeneration),
      );
      // Log-ins that somebody else made have passwords of theirs.
      const made = "roles" in settings.postgres && settings.postgres.roles ? [] : ["panel", "chat"];
      for (const role of made)
        assert.equal(
          generation(`postgres-${role}-password-g${settings.postgres.passwordGeneration}`),
          String(settings.postgres.passwordGeneration),
          role,
        );
      if (settings.redis.kind === "inCluster")
        assert.equal(
          generation(`redis-password-g${settings.redis.passwordGeneration}`),
          String(settings.redis.passwordGeneration),
        );
    });

    test("NGINX limits what the settings limit, and log-in attempts at the panel's own path", () => {
      const conf: string = preview.named("kubernetes:core/v1:ConfigMap", "edge-config").inputs.data["nginx.conf"];
      const { limits, drainSeconds, websocketIdleSeconds } = settings.edge;
      for (const line of [
        `client_max_body_size ${limits.bodySize};`,
        `rate=${limits.login};`,
        `limit_conn address-panel ${limits.requestsPerAddress};`,
        `limit_conn address-chat ${limits.socketsPerAddress};`,
        `worker_shutdown_timeout ${drainSeconds}s;`,
        `proxy_read_timeout ${websocketIdleSeconds}s;`,
      ])
        assert.ok(conf.includes(line), line);
      const login = /location = \/login \{\n([^}]*)\}/.exec(conf)?.[1] ?? "";
      assert.ok(login.includes(`limit_req zone=login burst=${limits.loginBurst} nodelay;`), login);
      const { prepare } = Object.fromEntries(
        deployment("edge").template.spec.initContainers.map((entry: any) => [entry.name, entry]),
      );
      assert.match(prepare.command.at(-1), /getent hosts/, "it waits for the names that NGINX would end without");
    });

    test("the public Service leads each port to the one of NGINX that is for it", () => {
      const { ports } = specOf("core/v1:Service", "edge-service");
      const { httpsNodePort, httpNodePort } = settings.edge.service;
      const container = deployment("edge").template.spec.containers[0].ports;
      for (const [name, nodePort] of [
        ["https", httpsNodePort],
        ["http", httpNodePort],
      ] as const) {
        const own = ports.find((entry: any) => entry.name === name);
        assert.equal(own.targetPort, container.find((entry: any) => entry.name === name).containerPort, name);
        assert.equal(own.nodePort, nodePort, name);
      }
    });

    test("a chart is one version, taken back where it does not become ready, and leaves certificates alone", () => {
      for (const { urn, inputs } of preview.of("kubernetes:helm.sh/v3:Release")) {
        assert.match(inputs.version, /^v?\d+\.\d+\.\d+$/, urn);
        assert.deepEqual([inputs.atomic, inputs.cleanupOnFail], [true, true], urn);
        if (inputs.chart === "cert-manager") assert.deepEqual(inputs.values.crds, { enabled: true, keep: true }, urn);
      }
    });
  });
}
