import { localVersion } from "../../../engine/plugin";
import { checkedInputs } from "../../../engine/providers/previewOnly";
import { type Provider, ResourceError } from "../../../engine/providers/provider";
import type { Properties } from "../../../engine/providers/values";
import { answerOf } from "../../../engine/record/answers/table";
import type { FakeCloud, Operation } from "./fakeCloud";
import { differenceOf } from "./replacements";

/**
 * A provider of Kubernetes that accepts every object and keeps it in the cloud's memory. What the API server of a cluster
 * does with objects is the matter of other tests; here they are what comes after a cloud's things and before their end.
 */
export function keepingKubernetes<Switch extends string>(cloud: FakeCloud<Switch>): Provider {
  const note = (operation: Operation, { type, name }: { type: string; name: string }) =>
    cloud.note({ operation, type, name, moment: "done" });
  return {
    name: "kubernetes",
    version: localVersion("@pulumi/kubernetes"),
    introduction: "kubernetes: a cluster of a test",

    async check(request) {
      const inputs = checkedInputs(request);
      // Released charts are named by the plugin as well.
      if (!/:helm\.sh\//.test(request.type) || inputs.name !== undefined) return { inputs };
      return { inputs: { ...inputs, name: request.olds?.name ?? `${request.name}-0a1b2c3d` } };
    },
    async diff({ type, oldInputs, newInputs }) {
      return differenceOf(type, oldInputs, newInputs);
    },
    async create(request) {
      const { type, name, inputs, preview } = request;
      const outputs = outputsOf(type, name, inputs, preview);
      if (preview) return { id: "", outputs };
      const id = idOf(inputs);
      cloud.add({ type, name, id, properties: inputs });
      note("create", request);
      return { id, outputs };
    },
    async read({ type, id, inputs, outputs }) {
      const thing = cloud.find(type, id);
      return thing && { id, inputs: Object.keys(inputs).length > 0 ? thing.properties : {}, outputs };
    },
    async update(request) {
      const { type, name, id, inputs, preview } = request;
      if (!preview) {
        const thing = cloud.find(type, id);
        if (!thing) throw new ResourceError(`${type} ${id} is not there`);
        thing.properties = inputs;
        note("update", request);
      }
      return { outputs: outputsOf(type, name, inputs, preview) };
    },
    async delete(request) {
      cloud.remove(request.type, request.id);
      // A namespace takes what is in it along.
      if (request.type === "kubernetes:core/v1:Namespace") removeObjects(cloud as FakeCloud, `${request.id}/`);
      note("delete", request);
    },
    async invoke(token) {
      throw new ResourceError(`${token}: the cluster of this test has no functions`);
    },
  };
}

/** Takes objects out of the memory: all of them go with their cluster. */
export function removeObjects(cloud: FakeCloud, start = ""): void {
  for (const { type, id } of [...cloud.things.values()]) {
    if (type.startsWith("kubernetes:") && id.startsWith(start)) cloud.remove(type, id);
  }
}

function outputsOf(type: string, name: string, inputs: Properties, preview: boolean): Properties {
  return { ...inputs, ...(answerOf(type)(inputs, { preview, name }) as Properties) };
}

function idOf({ metadata, namespace: release, name: released }: Record<string, any>): string {
  const { name = released, namespace = release } = metadata ?? {};
  return namespace ? `${namespace}/${name}` : String(name);
}
