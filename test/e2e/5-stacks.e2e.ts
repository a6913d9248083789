import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { execa } from "execa";
import { certManagerVersion } from "../../components/ingress/certificates/certManager";
import { committedStacks, type Plan, plan, secretKey, stackConfig } from "../support/plan";
import { podTemplates } from "../support/pods";
import "./support/needsSystem";
import { submit } from "./support/api";
import { kubectl } from "./support/system";

/** A namespace of this suite's own: the dev stack's has objects of the same names. */
const namespace = "switchboard-stacks";

/** A registered object as it would be sent, in this suite's namespace. Secrets are sent: it is the mocks' text. */
function manifest(type: string, inputs: any): any {
  const [, apiVersion, kind] = /^kubernetes:(.+):(\w+)$/.exec(type)!;
  const [group, version] = apiVersion!.includes("/") ? apiVersion!.split("/") : ["", apiVersion];
  const body = revealed(inputs);
  return {
    apiVersion: group === "core" || group === "" ? version : apiVersion,
    kind,
    ...body,
    metadata: {
      generateName: "autonamed-",
      ...body.metadata,
      ...(body.metadata.namespace ? { namespace } : {}),
      // The platform's own namespace is there already: the dev stack's.
      ...(kind === "Namespace" ? { name: `${namespace}-dry-run` } : {}),
    },
  };
}

/** What a patch of a claim makes of the claim that its StatefulSet's controller has made. */
function patchedClaim(patch: any, { registrations }: Plan): any {
  for (const { inputs } of registrations)
    for (const template of inputs.spec?.volumeClaimTemplates ?? [])
      if (`${template.metadata.name}-${inputs.metadata.name}-0` === patch.metadata.name)
        return { ...patch, spec: { ...template.spec, ...patch.spec } };
  throw new Error(`${patch.metadata.name} is the claim of no StatefulSet`);
}

function revealed(value: any): any {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return revealed(value[secretKey]);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revealed(entry)]));
}

/** The folder with the definitions of cert-manager's own kinds, in the version that the chart is pinned to. */
async function certManagerKinds(): Promise<string> {
  const module = `github.com/cert-manager/cert-manager@${certManagerVersion}`;
  const { stdout } = await execa("go", ["mod", "download", "-json", module], { cwd: tmpdir() });
  return join((JSON.parse(stdout) as { Dir: string }).Dir, "deploy/crds");
}

before(async () => {
  const kinds = await certManagerKinds();
  await kubectl("apply", "--server-side", "--filename", kinds);
  await kubectl("wait", "--for=condition=Established", "--timeout=300s", "--filename", kinds);
  await kubectl("create", "namespace", namespace);
  const standard = ["enforce", "warn", "audit"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
  await kubectl("label", "namespace", namespace, ...standard);
});
after(async () => {
  await kubectl("delete", "namespace", namespace);
  await kubectl("delete", "--filename", await certManagerKinds());
});

for (const stack of committedStacks) {
  describe(`the objects of stack ${stack} and the real API server`, () => {
    let rendered: Plan;
    before(async () => {
      rendered = await plan(stackConfig(stack), { stack, preview: false });
    });

    test("every object is accepted strictly, without a warning", async () => {
      // A chart is the provider's business; what it would install is not in the program.
      const foreign = /^kubernetes:helm\.sh\//;
      const objects = rendered.registrations.filter(
        ({ type }) => type.startsWith("kubernetes:") && !foreign.test(type),
      );
      assert.ok(objects.length > 50, `${objects.length} objects`);
      for (const { urn, type, inputs } of objects) {
        const whole = type.endsWith(":PersistentVolumeClaimPatch") ? patchedClaim(inputs, rendered) : inputs;
        const { status, message, warnings } = await submit(manifest(type, whole));
        assert.ok(status === 200 || status === 201, `${urn}: ${status} ${message}`);
        // What a certificate would hold is the mocks' text.
        const ours = warnings.filter((warning) => !warning.includes('"tls: '));
        assert.deepEqual(ours, [], urn);
      }
    });

    test("every pod is admitted by the restricted Pod Security Standard", async () => {
      const templates = podTemplates(rendered);
      assert.ok(templates.length >= 8);
      for (const { owner, template } of templates) {
        const { serviceAccountName, ...spec } = revealed(template.spec);
        const metadata = { name: "admission", namespace, labels: template.metadata.labels };
        const restartPolicy = spec.restartPolicy ?? "Always";
        // Its own account is not there in a dry run.
        // A claim of a StatefulSet becomes a volume of its pod.
        const claims = (owner.inputs.spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }: any) => ({
          name,
          persistentVolumeClaim: { claimName: name },
        }));
        const volumes = [...spec.volumes, ...claims];
        const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...spec, volumes, restartPolicy } };
        assert.ok(serviceAccountName, owner.urn);
        const { status, message, warnings } = await submit(pod);
        assert.equal(status, 201, `${owner.urn}: ${message}`);
        assert.deepEqual(warnings, [], owner.urn);
      }
    });
  });
}

test("a pod that asks for more than the standard allows is refused by the same server", async () => {
  const container = { name: "root", image: "registry.example/any:1.0", securityContext: { privileged: true } };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "admission", namespace },
    spec: { containers: [container] },
  };
  const { status, message } = await submit(pod);
  assert.equal(status, 403);
  assert.match(message, /violates PodSecurity "restricted/);
});

test("a misspelt field is refused by the same server", async () => {
  const { status, message } = await submit({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "misspelt", namespace },
    datta: {},
  });
  assert.equal(status, 400);
  assert.match(message, /unknown field "datta"/);
});
