/**
 * A plugin that only previews: it answers for any package what its provider would answer to a preview of resources that
 * do not exist yet, and asks nobody. Everything that is more than looking ahead is refused. Its first argument is the
 * package: `gcp`, `aws`, `kubernetes` …
 */

import { localVersion } from "../plugin";
import { answerOf } from "../record/answers/table";
import { isKubernetesObject } from "../resources/resource";
import { completeInputs } from "./kubernetes/inputs";
import { type CheckRequest, type Provider, ResourceError } from "./provider";
import { serveProvider } from "./server";
import type { Properties } from "./values";

/** A provider of any package that can preview a stack that is not there yet, and nothing else. */
export function previewOnlyProvider(name: string): Provider {
  const refusal = (what: string, urn: string) =>
    new ResourceError(
      `${urn}: this ${name} plugin only previews and cannot ${what}; run npm run up with the official plugin (pulumi plugin install resource ${name})`,
    );
  return {
    name,
    version: localVersion(`@pulumi/${name}`),
    introduction: `${name}: preview-only stand-in, which asks nobody and can change nothing; not the official plugin`,

    async check(request) {
      return { inputs: checkedInputs(request) };
    },
    async diff({ urn }) {
      throw refusal("compare with what exists", urn);
    },
    async create({ type, name: resource, urn, inputs, preview }) {
      if (!preview) throw refusal("make anything", urn);
      const { id: _, ...outputs } = known(type)(inputs, { preview: true, name: resource });
      // What is left out is unknown to the program.
      return { id: "", outputs: { ...inputs, ...(outputs as Properties) } };
    },
    async read({ urn, id, inputs, outputs }) {
      // What a program says of a thing that it looks up comes as both; more outputs than that are of a state.
      if (Object.keys(outputs).some((key) => !Object.hasOwn(inputs, key))) throw refusal("look at what exists", urn);
      return { id, inputs: {}, outputs };
    },
    async update({ urn }) {
      throw refusal("change anything", urn);
    },
    async delete({ urn }) {
      throw refusal("delete anything", urn);
    },
    async invoke(token) {
      throw new ResourceError(
        `${token}: this ${name} plugin only previews and cannot ask for anything; what a stack needs to know is a setting`,
      );
    },
  };
}

/**
 * The inputs with what the provider adds to them: names and labels of Kubernetes objects. A name that it makes up is the
 * same for the same resource, so that two previews are the same.
 */
export function checkedInputs({ type, name, urn, news, olds }: Omit<CheckRequest, "seed">): Properties {
  if (!isKubernetesObject(type)) return news;
  const [, version = "", kind = ""] = type.split(":");
  const apiVersion = version.replace(/^core\//, "");
  return completeInputs(news, olds, {
    ...{ apiVersion: String(news.apiVersion ?? apiVersion), kind: String(news.kind ?? kind), name },
    ...{ seed: Buffer.from(urn), namespaced: undefined, defaultNamespace: "default" },
  }).inputs;
}

/** A type without an answer is a gap in this repository's table, told in words. */
function known(type: string) {
  try {
    return answerOf(type);
  } catch (error) {
    throw new ResourceError((error as Error).message);
  }
}

if (require.main === module) {
  const [name] = process.argv.splice(2, 1);
  if (!name) throw new Error("the package is missing: previewOnly.ts PACKAGE ENGINE");
  void serveProvider(() => previewOnlyProvider(name));
}
