import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { EngineLog } from "../../../engine/plugin";
import { Empty } from "../../../engine/protobuf";
import type { Provider } from "../../../engine/providers/provider";
import { handlers } from "../../../engine/providers/server";
import { fromStruct, type Properties, toStruct } from "../../../engine/providers/values";

/** A provider behind a real gRPC server, spoken to as the engine does. */
export class PluginClient {
  private constructor(
    /** What the plugin told the engine's log. */
    readonly lines: readonly string[],
    private readonly server: grpc.Server | undefined,
    private readonly client: ResourceProviderClient,
  ) {}

  static async start(make: (log: EngineLog) => Provider): Promise<PluginClient> {
    const server = new grpc.Server();
    const lines: string[] = [];
    const log: EngineLog = (severity, message) => lines.push(`${severity}: ${message}`);
    server.addService(ResourceProviderService, handlers(make(log), log));
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const plugin = new PluginClient(
      lines,
      server,
      new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()),
    );
    return plugin;
  }

  /** Speaks to a plugin that runs as a process of its own. */
  static attach(port: number): PluginClient {
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    return new PluginClient([], undefined, client);
  }

  stop(): void {
    this.client.close();
    this.server?.forceShutdown();
  }

  /** Both ways in which the engine gives settings; the official provider reads the second one. */
  configure(settings: Properties) {
    const request = new proto.ConfigureRequest().setArgs(toStruct(settings)).setAcceptsecrets(true);
    for (const [name, value] of Object.entries(settings))
      request.getVariablesMap().set(`kubernetes:config:${name}`, String(value));
    return this.call<proto.ConfigureResponse>("configure", request);
  }

  async check(urn: string, news: Properties, olds?: Properties) {
    const request = new proto.CheckRequest().setUrn(urn).setNews(toStruct(news)).setRandomseed(Buffer.from("seed"));
    if (olds) request.setOlds(toStruct(olds));
    const response = await this.call<proto.CheckResponse>("check", request);
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  async diff(urn: string, id: string, oldInputs: Properties, oldOutputs: Properties, news: Properties) {
    const request = new proto.DiffRequest().setUrn(urn).setId(id).setOldInputs(toStruct(oldInputs));
    request.setOlds(toStruct(oldOutputs)).setNews(toStruct(news));
    const response = await this.call<proto.DiffResponse>("diff", request);
    return {
      changed: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: response.getReplacesList(),
      paths: response
        .getDetaileddiffMap()
        .toArray()
        .map(([path]) => path),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(urn: string, inputs: Properties, preview = false) {
    const request = new proto.CreateRequest().setUrn(urn).setProperties(toStruct(inputs)).setPreview(preview);
    const response = await this.call<proto.CreateResponse>("create", request);
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  async read(urn: string, id: string, inputs: Properties = {}, outputs: Properties = {}) {
    const request = new proto.ReadRequest()
      .setUrn(urn)
      .setId(id)
      .setInputs(toStruct(inputs))
      .setProperties(toStruct(outputs));
    const response = await this.call<proto.ReadResponse>("read", request);
    return {
      id: response.getId(),
      inputs: fromStruct(response.getInputs()),
      outputs: fromStruct(response.getProperties()),
    };
  }

  async update(urn: string, id: string, oldOutputs: Properties, news: Properties, preview = false) {
    const request = new proto.UpdateRequest().setUrn(urn).setId(id).setOlds(toStruct(oldOutputs));
    request.setNews(toStruct(news)).setPreview(preview);
    const response = await this.call<proto.UpdateResponse>("update", request);
    return { outputs: fromStruct(response.getProperties()) };
  }

  async invoke(token: string, args: Properties = {}) {
    const request = new proto.InvokeRequest().setTok(token).setArgs(toStruct(args));
    return fromStruct((await this.call<proto.InvokeResponse>("invoke", request)).getReturn());
  }

  async delete(urn: string, id: string, inputs: Properties, outputs: Properties) {
    const request = new proto.DeleteRequest()
      .setUrn(urn)
      .setId(id)
      .setOldInputs(toStruct(inputs))
      .setProperties(toStruct(outputs));
    await this.call("delete", request);
  }

  cancel() {
    return this.call("cancel", new Empty());
  }

  private call<Response>(method: string, request: unknown): Promise<Response> {
    const methods = this.client as unknown as Record<
      string,
      (request: unknown, done: (error: Error | null, response: Response) => void) => void
    >;
    return new Promise((resolve, reject) =>
      methods[method]!.call(this.client, request, (error, response) => (error ? reject(error) : resolve(response))),
    );
  }
}

/** What the engine reads from the error of a resource that exists but is not in working order. */
export function initFailure(error: grpc.ServiceError): { id: string; reasons: string[]; outputs: Properties } {
  const [details] = error.metadata.get("grpc-status-details-bin");
  const [any] = Status.deserializeBinary(details as Buffer).getDetailsList();
  const failure = any!.unpack(proto.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed")!;
  return { id: failure.getId(), reasons: failure.getReasonsList(), outputs: fromStruct(failure.getProperties()) };
}
