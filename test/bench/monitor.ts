import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { deserializeProperties } from "@pulumi/pulumi/runtime/rpc";
import { Empty, Struct } from "../../engine/protobuf";
import { repository } from "../support/plan";
import { type Cost, measureProcess } from "./process";

const callbackServices = require("@pulumi/pulumi/proto/callback_grpc_pb");
const callbackMessages = require("@pulumi/pulumi/proto/callback_pb");
const engineServices = require("@pulumi/pulumi/proto/engine_grpc_pb");
const engineMessages = require("@pulumi/pulumi/proto/engine_pb");
const monitorServices = require("@pulumi/pulumi/proto/resource_grpc_pb");
const monitorMessages = require("@pulumi/pulumi/proto/resource_pb");

/** A program, and how a language host would start it. */
export interface Program {
  readonly entry: string;
  readonly folder: string;
  readonly stack: string;
  /** Configuration, key by key, as the CLI would hand it over. */
  readonly config: Readonly<Record<string, string>>;
  readonly nodeArgs: readonly string[];
  /** Lets Pulumi compile it, and check its types. @default false */
  readonly typescript?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** One resource as the program registered it; inputs with the engine's marks of secret and unknown values. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: Record<string, unknown>;
}

/** A hook as the program registered it. */
export interface RegisteredHook {
  readonly name: string;
  readonly onDryRun: boolean;
  /** Calls it as the engine does before an update; gives its error, empty for none. */
  beforeUpdate(before: object, after: object): Promise<string>;
}

/** What one run of a program cost and did. */
export interface Run extends Cost {
  readonly registered: readonly Registered[];
}

/** What the program meets besides the monitor itself. */
export interface Surroundings {
  /** Outputs of a resource beyond its inputs. @default none */
  outputsOf?(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown>;
  /** Before a resource with hooks is answered. */
  onHooked?(resource: Registered, hooks: readonly RegisteredHook[]): Promise<void>;
}

type JavaScript = Parameters<typeof Struct.fromJavaScript>[0];
type Call = { request: any };
type Reply = (error: unknown, response?: unknown) => void;

/**
 * Runs a program in a preview as a language host does (`@pulumi/pulumi/cmd/run`) against a monitor in this process that
 * answers each registration with its inputs and `outputsOf`, so that only the program itself is measured.
 */
export async function runProgram(program: Program, { outputsOf, onHooked }: Surroundings = {}): Promise<Run> {
  const registered: Registered[] = [];
  const hooks = new Map<string, RegisteredHook>();
  const problems: string[] = [];
  const urnOf = (type: string, name: string) => `urn:pulumi:${program.stack}::switchboard::${type}::${name}`;
  const withOutputs = ({ type, name, custom, inputs }: Registered, given: Struct | undefined) =>
    custom && outputsOf
      ? Struct.fromJavaScript({ ...inputs, ...outputsOf(type, name, plain(given)) } as JavaScript)
      : given;
  const server = new grpc.Server();
  server.addService(monitorServices.ResourceMonitorService, {
    supportsFeature: (call: Call, reply: Reply) => {
      const response = new monitorMessages.SupportsFeatureResponse();
      response.setHassupport(!["transforms", "invokeTransforms"].includes(call.request.getId()));
      reply(null, response);
    },
    registerResourceHook: (call: Call, reply: Reply) => {
      const hook = hookOf(call.request);
      hooks.set(hook.name, hook);
      reply(null, new Empty());
    },
    registerResource: (call: Call, reply: Reply) => {
      const { request } = call;
      const resource = resourceOf(request);
      registered.push(resource);
      const response = new monitorMessages.RegisterResourceResponse();
      response.setUrn(urnOf(resource.type, resource.name));
      response.setId(resource.custom ? resource.name : "");
      response.setObject(withOutputs(resource, request.getObject()));
      const names: string[] = request.getHooks()?.getBeforeUpdateList() ?? [];
      const watched =
        names.length > 0
          ? onHooked?.(
              resource,
              names.map((name) => hooks.get(name)!),
            )
          : undefined;
      Promise.resolve(watched).then(() => reply(null, response), reply);
    },
    readResource: (call: Call, reply: Reply) => {
      const { request } = call;
      const response = new monitorMessages.ReadResourceResponse();
      const read = { type: request.getType(), name: request.getName(), custom: true, inputs: {} };
      response.setUrn(urnOf(read.type, read.name));
      response.setProperties(withOutputs(read, request.getProperties()));
      reply(null, response);
    },
    registerResourceOutputs: (_call: Call, reply: Reply) => reply(null, new Empty()),
    signalAndWaitForShutdown: (_call: Call, reply: Reply) => reply(null, new Empty()),
  } as unknown as grpc.UntypedServiceImplementation);
  server.addService(engineServices.EngineService, {
    log: (call: Call, reply: Reply) => {
      if (call.request.getSeverity() === engineMessages.LogSeverity.ERROR) problems.push(call.request.getMessage());
      reply(null, new Empty());
    },
    getRootResource: (_call: Call, reply: Reply) => reply(null, new engineMessages.GetRootResourceResponse()),
    setRootResource: (_call: Call, reply: Reply) => reply(null, new engineMessages.SetRootResourceResponse()),
  } as unknown as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  try {
    const { folder, stack, entry, nodeArgs } = program;
    const args = [
      ...[...nodeArgs, require.resolve("@pulumi/pulumi/cmd/run")],
      ...[`--monitor=127.0.0.1:${port}`, `--engine=127.0.0.1:${port}`, "--organization=bench", "--project=switchboard"],
      ...[`--stack=${stack}`, `--pwd=${folder}`, "--dry-run", entry],
    ];
    const cost = await measureProcess(args, { cwd: folder, env: environment(program) });
    return { ...cost, registered };
  } catch (error) {
    throw new Error(`${(error as Error).message}${problems.join("\n")}`);
  } finally {
    server.forceShutdown();
  }
}

function environment({ config, typescript, env }: Program): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_PATH: join(repository, "node_modules"),
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: "[]",
    PULUMI_NODEJS_TYPESCRIPT: String(typescript ?? false),
    ...env,
  };
}

/** The inputs as a provider's code would see them. */
function plain(given: Struct | undefined): Record<string, unknown> {
  return given ? deserializeProperties(given) : {};
}

function resourceOf(request: any): Registered {
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: request.getObject()?.toJavaScript() ?? {},
  };
}

function hookOf(request: any): RegisteredHook {
  const callback = request.getCallback();
  return {
    name: request.getName(),
    onDryRun: request.getOnDryRun(),
    beforeUpdate(before, after) {
      const hooked = new monitorMessages.ResourceHookRequest();
      hooked.setOldInputs(Struct.fromJavaScript(before as JavaScript));
      hooked.setNewInputs(Struct.fromJavaScript(after as JavaScript));
      const invocation = new callbackMessages.CallbackInvokeRequest();
      invocation.setToken(callback.getToken());
      invocation.setRequest(hooked.serializeBinary());
      const client = new callbackServices.CallbacksClient(callback.getTarget(), grpc.credentials.createInsecure());
      return new Promise((resolve, reject) => {
        client.invoke(invocation, (error: unknown, response: any) => {
          client.close();
          if (error) reject(error);
          else resolve(monitorMessages.ResourceHookResponse.deserializeBinary(response.getResponse_asU8()).getError());
        });
      });
    },
  };
}
