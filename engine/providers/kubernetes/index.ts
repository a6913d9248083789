/**
 * The `kubernetes` package for a machine where the official plugin cannot be had: any single object, by server-side
 * apply, and fields of objects that others make (`…Patch`). Left out: charts, YAML files, kustomize, `…List` resources, and
 * client-side apply.
 */

import { type EngineLog, localVersion } from "../../plugin";
import {
  type CreateRequest,
  NotReadyError,
  type Provider,
  type ReadRequest,
  ResourceError,
  type State,
  type UpdateRequest,
} from "../provider";
import { serveProvider } from "../server";
import { hasUnknown, type Properties, reveal } from "../values";
import { awaitGone, awaitReady } from "./await";
import { checkpoint, managerOf } from "./checkpoint";
import { type KubeObject, UnreachableError } from "./client";
import { type ApplyOptions, Cluster } from "./cluster";
import { idOf, type Kind, objectType, placeOf, typeOf } from "./discovery";
import { alreadyExists, explained, isMissingNamespace, nothingToPatch } from "./errors";
import { completeInputs } from "./inputs";
import { masked } from "./mask";
import { withSecretData } from "./normal";
import { calledDoneAtOnce, objectOptions } from "./options";
import { driftedInputs, guessedOutputs, inputsOf, objectToApply, outputsOf, previewOutputs } from "./outputs";
import { creationProof, isProvedBy, refusesExisting, withoutIgnored, withProof } from "./ownership";
import { kubernetesDifference } from "./replacement";
import { readSettings, settingsDifference, settingsProblems } from "./settings";
import { verdictOn } from "./verdicts";

/** The provider of the `kubernetes` package. */
export class KubernetesProvider implements Provider {
  readonly name = "kubernetes";
  readonly version = localVersion("@pulumi/kubernetes");
  readonly checkConfig = settingsProblems;
  readonly diffConfig = settingsDifference;
  private readonly interruption = new AbortController();
  /** The ids that the state had for a URN when this process was asked about it; see `mayAdopt`. */
  private readonly inState = new Map<string, Set<string>>();
  private configured: Cluster | undefined;

  constructor(private readonly log: EngineLog) {}

  async configure(settings: Properties): Promise<void> {
    this.configured = new Cluster(readSettings(settings));
  }

  cancel(): void {
    this.interruption.abort();
  }

  async check({ urn, type, name, olds, news, seed }: Parameters<Provider["check"]>[0]) {
    const { apiVersion, kind } = typeOf(type, news);
    if (olds?.metadata) this.remember(urn, idOf(reveal(olds) as KubeObject));
    const namespaced = await this.cluster.isNamespaced(apiVersion, kind);
    const { defaultNamespace } = this.cluster;
    const context = { apiVersion, kind, name, seed, namespaced, defaultNamespace };
    const { inputs, failures } = completeInputs(news, olds, context);
    const result = { inputs: withSecretData(inputs), failures };
    try {
      objectOptions(result.inputs);
    } catch (error) {
      result.failures.push({ property: "metadata.annotations", reason: (error as Error).message });
    }
    return result;
  }

  async diff({ urn, id, type, oldInputs, oldOutputs, newInputs }: Parameters<Provider["diff"]>[0]) {
    this.remember(urn, id);
    const failed =
      objectOptions(newInputs).replaceUnready && verdictOn(reveal(oldOutputs) as KubeObject).state === "failed";
    const isPatch = objectType(type).isPatch;
    return kubernetesDifference(oldInputs, newInputs, this.cluster.settings.mutable, failed, isPatch);
  }

  async create(request: CreateRequest): Promise<{ id: string; outputs: Properties }> {
    const { urn, inputs, preview } = request;
    if (preview) return { id: "", outputs: await this.previewCreation(request) };
    return explained(request, inputs, async () => {
      const object = objectToApply(inputs);
      const kind = await this.cluster.kind(object.apiVersion!, object.kind!);
      const existing = await this.existing(kind, object);
      if (objectType(request.type).isPatch) {
        if (!existing) throw nothingToPatch(object);
        return this.settle(request, kind, await this.cluster.apply(kind, object, this.applyOptions(request)));
      }
      const proof = creationProof(urn);
      if (existing && !this.mayAdopt(urn, existing, proof)) throw alreadyExists(object, this.isInState(urn, existing));
      if (existing) this.log("info", "it exists already, made by an earlier run that was ended; going on with it", urn);
      const live = await this.cluster.apply(kind, withProof(object, proof), this.applyOptions(request));
      return this.settle(request, kind, live);
    });
  }

  async update(request: UpdateRequest): Promise<{ outputs: Properties }> {
    const { urn, id, inputs, ignoreChanges, preview, oldOutputs } = request;
    this.remember(urn, id);
    const guess = { outputs: { ...oldOutputs, ...inputs } };
    if (preview && hasUnknown(inputs)) return guess;
    const change = async () => {
      let object = objectToApply(inputs);
      const kind = await this.cluster.kind(object.apiVersion!, object.kind!);
      if (ignoreChanges.length > 0) {
        const live = await this.cluster.get(kind, placeOf(id));
        if (live) object = withoutIgnored(object, ignoreChanges, live, managerOf(inputs, oldOutputs));
      }
      const owned = objectType(request.type).isPatch ? object : withProof(object, creationProof(urn));
      const live = await this.cluster.apply(kind, owned, this.applyOptions(request));
      return preview ? { outputs: outputsOf(live, inputs) } : this.settle(request, kind, live);
    };
    try {
      return await explained(request, inputs, change);
    } catch (error) {
      return this.unlessUnreachable(error, request, guess);
    }
  }

  async read(request: ReadRequest): Promise<State | undefined> {
    const { urn, id, inputs, outputs } = request;
    this.remember(urn, id);
    const { apiVersion, kind: kindName } = typeOf(request.type, inputs);
    try {
      return await explained(request, inputs, async () => {
        const kind = await this.cluster.kind(apiVersion, kindName);
        const place = placeOf(id);
        const namespace = kind.namespaced ? (place.namespace ?? this.cluster.defaultNamespace) : undefined;
        const live = await this.cluster.get(kind, { name: place.name, namespace });
        if (!live) return undefined;
        const known = Object.keys(inputs).length > 0;
        const asked = withSecretData(inputs);
        const newOutputs = outputsOf(live, asked);
        const newInputs = known ? driftedInputs(asked, outputs, newOutputs) : inputsOf(live);
        return { id: idOf(live), inputs: newInputs, outputs: checkpoint(newOutputs, newInputs, outputs) };
      });
    } catch (error) {
      if (error instanceof UnreachableError && this.cluster.settings.deleteUnreachable) return undefined;
      throw error;
    }
  }

  async delete(request: Parameters<Provider["delete"]>[0]): Promise<void> {
    const { urn, id, type, outputs, oldInputs, timeout } = request;
    this.remember(urn, id);
    const { apiVersion, kind: kindName } = typeOf(type, outputs);
    const options = objectOptions(Object.keys(oldInputs).length > 0 ? oldInputs : outputs, timeout);
    const { uid } = (reveal(outputs) as KubeObject).metadata ?? {};
    try {
      await explained(request, outputs, async () => {
        const kind = await this.cluster.findKind(apiVersion, kindName);
        if (kind && objectType(type).isPatch) {
          await this.relinquish(request, kind);
          return;
        }
        // Without its definition no custom object is left.
        if (!kind || !(await this.cluster.delete(kind, placeOf(id), options.deletionPropagation, uid))) return;
        if (options.skipAwait) return;
        const object = { metadata: { ...placeOf(id), uid } };
        const held = await awaitGone(this.cluster.client, kind, object, this.awaitOptions(urn, options.timeout));
        if (held) throw new ResourceError(`${kindName} ${id}: ${held}`);
      });
    } catch (error) {
      if (!(error instanceof UnreachableError && this.cluster.settings.deleteUnreachable)) throw error;
    }
  }

  /** Leaves an object of somebody else as it is, without a claim to any of its fields. */
  private async relinquish({ urn, id, oldInputs, outputs }: Parameters<Provider["delete"]>[0], kind: Kind) {
    const live = await this.cluster.get(kind, placeOf(id));
    if (!live) return;
    const { name, namespace } = live.metadata ?? {};
    const nothing = {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { name, ...(namespace && { namespace }) },
    };
    await this.cluster.apply(
      kind,
      nothing as KubeObject,
      this.applyOptions({ urn, inputs: oldInputs, oldOutputs: outputs } as never),
    );
  }

  private get cluster(): Cluster {
    if (!this.configured) throw new Error("the provider is used before it is configured");
    return this.configured;
  }

  /** Waits until an applied object is in working order and gives its state. */
  private async settle(request: CreateRequest & Partial<UpdateRequest>, kind: Kind, applied: KubeObject) {
    const { urn, inputs, timeout } = request;
    const options = objectOptions(inputs, timeout);
    const id = idOf(applied);
    const state = (live: KubeObject) => checkpoint(outputsOf(live, inputs), inputs, request.oldOutputs);
    if (options.skipAwait || calledDoneAtOnce(kind)) return { id, outputs: state(applied) };
    const { live, problems } = await awaitReady(
      this.cluster.client,
      kind,
      applied,
      this.awaitOptions(urn, options.timeout, inputs),
    );
    const outputs = state(live ?? applied);
    if (problems.length === 0) return { id, outputs };
    throw new NotReadyError(
      { id, inputs, outputs },
      problems.map((problem) => masked(problem, inputs)),
    );
  }

  private async previewCreation(request: CreateRequest): Promise<Properties> {
    const { urn, inputs } = request;
    const object = objectToApply(inputs);
    // A replacement takes the name of an object that is still there, so that a dry run would only find that one.
    if (hasUnknown(inputs) || this.isInState(urn, object)) return guessedOutputs(inputs);
    try {
      return await explained(request, inputs, async () => {
        const kind = await this.cluster.findKind(object.apiVersion!, object.kind!);
        // A custom kind may be defined in the same `up`.
        if (!kind) return guessedOutputs(inputs);
        const existing = await this.cluster.get(kind, placeOf(idOf(object)));
        const { isPatch } = objectType(request.type);
        // What it is about may be made by the same `up`.
        if (isPatch && !existing) return guessedOutputs(inputs);
        if (!isPatch && existing && refusesExisting()) return guessedOutputs(inputs);
        if (
          !isPatch &&
          existing &&
          !existing.metadata?.deletionTimestamp &&
          !this.mayAdopt(urn, existing, creationProof(urn))
        ) {
          throw alreadyExists(object, false);
        }
        try {
          return previewOutputs(await this.cluster.apply(kind, object, this.applyOptions(request)), inputs);
        } catch (error) {
          if (isMissingNamespace(error)) return guessedOutputs(inputs);
          throw error;
        }
      });
    } catch (error) {
      return this.unlessUnreachable(error, request, guessedOutputs(inputs));
    }
  }

  /** A preview without a cluster shows what can be guessed. */
  private unlessUnreachable<T>(error: unknown, { urn, preview }: CreateRequest, guess: T): T {
    if (!preview || !(error instanceof UnreachableError)) throw error;
    this.log("warning", `not checked against the cluster: ${error.message}`, urn);
    return guess;
  }

  /** The object that has the name, after one that is being deleted has gone. */
  private async existing(kind: Kind, object: KubeObject): Promise<KubeObject | undefined> {
    const live = await this.cluster.get(kind, placeOf(idOf(object)));
    if (!live?.metadata?.deletionTimestamp) return live;
    const held = await awaitGone(this.cluster.client, kind, live, this.awaitOptions("", objectOptions({}).timeout));
    if (held)
      throw new ResourceError(`${object.kind} ${idOf(object)}: an object of this name is being deleted: ${held}`);
    return this.cluster.get(kind, placeOf(idOf(object)));
  }

  /**
   * Whether an object that exists already is the one that an ended run made for this resource. Not when the state
   * knows it under this URN: then this is a replacement, and the engine would delete the adopted object next.
   */
  private mayAdopt(urn: string, existing: KubeObject, proof: string | undefined): boolean {
    return !refusesExisting() && isProvedBy(existing, proof) && !this.isInState(urn, existing);
  }

  private isInState(urn: string, object: KubeObject): boolean {
    return this.inState.get(urn)?.has(idOf(object)) ?? false;
  }

  private remember(urn: string, id: string): void {
    const ids = this.inState.get(urn) ?? new Set<string>();
    this.inState.set(urn, ids.add(id));
  }

  private applyOptions({ urn, inputs, preview, oldOutputs }: CreateRequest & Partial<UpdateRequest>): ApplyOptions {
    const onWarning = (text: string) => this.log("warning", masked(text, inputs), urn);
    const manager = managerOf(inputs, oldOutputs ?? {});
    return { dryRun: preview, force: objectOptions(inputs).patchForce, manager, onWarning };
  }

  private awaitOptions(urn: string, timeout: number, inputs: Properties = {}) {
    const progress = (message: string) => this.log("status", masked(message, inputs), urn);
    return { timeout, signal: this.interruption.signal, progress };
  }
}

if (require.main === module) void serveProvider((log) => new KubernetesProvider(log));
