import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type EngineLog, engineLog, pluginInfo, servePlugin } from "../plugin";
import { Any, Empty } from "../protobuf";
import { type Difference, type Failure, NotReadyError, type Provider, ResourceError } from "./provider";
import { fromStruct, type Properties, toStruct } from "./values";

/** Serves a provider to the engine that started this process. */
export function serveProvider(make: (log: EngineLog) => Provider): Promise<void> {
  return servePlugin((server, log) => {
    let current = log;
    // An engine that attaches to a running plugin (PULUMI_DEBUG_PROVIDERS) says its address later.
    const attach = (address: string) => {
      current = engineLog(address);
    };
    const say: EngineLog = (...line) => current(...line);
    server.addService(ResourceProviderService, handlers(make(say), say, attach));
  });
}

/** The protocol's methods for a provider. What is not here is answered with UNIMPLEMENTED. */
export function handlers(provider: Provider, log: EngineLog, attach: (address: string) => void = () => {}) {
  return {
    getPluginInfo: unary(async () => pluginInfo(provider.version)),
    attach: unary(async (request: { getAddress(): string }) => {
      attach(request.getAddress());
      return new Empty();
    }),
    getSchema: unary(async () => new proto.GetSchemaResponse().setSchema("{}")),

    checkConfig: unary(async (request: proto.CheckRequest) => {
      const news = fromStruct(request.getNews());
      return checked(news, provider.checkConfig?.(news) ?? []);
    }),
    diffConfig: unary(async (request: proto.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOldInputs() ?? request.getOlds()), fromStruct(request.getNews())];
      return difference(provider.diffConfig?.(olds, news) ?? { properties: new Map() });
    }),
    configure: unary(async (request: proto.ConfigureRequest) => {
      const standIn = `${provider.name}: local stand-in of version ${provider.version}, not the official plugin`;
      log("info", provider.introduction ?? standIn);
      await provider.configure?.(fromStruct(request.getArgs()), log);
      return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),

    check: unary(async (request: proto.CheckRequest) => {
      const { inputs, failures } = await provider.check({
        ...resource(request),
        olds: request.hasOlds() ? fromStruct(request.getOlds()) : undefined,
        news: fromStruct(request.getNews()),
        seed: request.getRandomseed_asU8(),
      });
      return checked(inputs, failures ?? []);
    }),
    diff: unary(async (request: proto.DiffRequest) =>
      difference(
        await provider.diff({
          ...resource(request),
          id: request.getId(),
          oldInputs: fromStruct(request.getOldInputs()),
          oldOutputs: fromStruct(request.getOlds()),
          newInputs: fromStruct(request.getNews()),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      ),
    ),
    create: unary(async (request: proto.CreateRequest) => {
      const { id, outputs } = await provider.create({
        ...resource(request),
        inputs: fromStruct(request.getProperties()),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const state = await provider.read({
        ...resource(request),
        id: request.getId(),
        inputs: fromStruct(request.getInputs()),
        outputs: fromStruct(request.getProperties()),
      });
      const response = new proto.ReadResponse();
      // No id says that the resource is gone.
      if (!state) return response;
      return response.setId(state.id).setInputs(toStruct(state.inputs)).setProperties(toStruct(state.outputs));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const { outputs } = await provider.update({
        ...resource(request),
        id: request.getId(),
        oldInputs: fromStruct(request.getOldInputs()),
        oldOutputs: fromStruct(request.getOlds()),
        inputs: fromStruct(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
        preview: request.getPreview(),
        timeout: request.getTimeout(),
      });
      return new proto.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      await provider.delete({
        ...resource(request),
        id: request.getId(),
        oldInputs: fromStruct(request.getOldInputs()),
        outputs: fromStruct(request.getProperties()),
        timeout: request.getTimeout(),
      });
      return new Empty();
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
      const token = request.getTok();
      if (!provider.invoke) throw new ResourceError(`${token}: the local ${provider.name} plugin has no functions`);
      return new proto.InvokeResponse().setReturn(
        toStruct(await provider.invoke(token, fromStruct(request.getArgs()))),
      );
    }),
    cancel: unary(async () => {
      provider.cancel?.();
      return new Empty();
    }),
  };
}

interface Identified {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** Type and name, from the URN (`urn:pulumi:stack::project::parent$type::name`) where the request leaves them out. */
function resource(request: Identified): { urn: string; type: string; name: string } {
  const urn = request.getUrn();
  const [, , types = "", ...name] = urn.split("::");
  return {
    urn,
    type: request.getType() || (types.split("$").at(-1) ?? ""),
    name: request.getName() || name.join("::"),
  };
}

function checked(inputs: Properties, failures: readonly Failure[]): proto.CheckResponse {
  const response = new proto.CheckResponse().setInputs(toStruct(inputs));
  for (const { property, reason } of failures) {
    response.addFailures(new proto.CheckFailure().setProperty(property).setReason(reason));
  }
  return response;
}

const { Kind } = proto.PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

function difference({ properties, deleteBeforeReplace }: Difference): proto.DiffResponse {
  const { DiffChanges } = proto.DiffResponse;
  const response = new proto.DiffResponse()
    .setChanges(properties.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE)
    .setDeletebeforereplace(deleteBeforeReplace ?? false)
    .setHasdetaileddiff(true);
  for (const [path, { kind, replace }] of properties) {
    const change = new proto.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(true);
    response.getDetaileddiffMap().set(path, change);
    const top = /^[^.[]+/.exec(path)?.[0] ?? path;
    if (!response.getDiffsList().includes(top)) response.addDiffs(top);
    if (replace && !response.getReplacesList().includes(top)) response.addReplaces(top);
  }
  return response;
}

/** A gRPC method from a promise. Errors keep their text; only defects write their stack, to the engine's plugin log. */
export function unary<Request, Response>(method: (request: Request) => Promise<Response>) {
  return (call: { request: Request }, callback: grpc.sendUnaryData<Response>): void => {
    method(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(rpcError(error)),
    );
  };
}

function rpcError(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof NotReadyError) {
    const detail = new proto.ErrorResourceInitFailed()
      .setId(error.state.id)
      .setInputs(toStruct(error.state.inputs))
      .setProperties(toStruct(error.state.outputs))
      .setReasonsList([...error.reasons]);
    const envelope = new Any();
    envelope.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(error.message);
    status.addDetails(envelope);
    const metadata = new grpc.Metadata();
    // The engine's gRPC library reads typed error details from this header.
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return { code: grpc.status.UNKNOWN, details: error.message, metadata };
  }
  // FAILED_PRECONDITION tells the engine that nothing was done; UNKNOWN that nobody can say.
  if (error instanceof ResourceError) return { code: grpc.status.FAILED_PRECONDITION, details: error.message };
  const defect = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${defect.stack}\n`);
  return { code: grpc.status.UNKNOWN, details: defect.message };
}
