import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "../../local/engine/protobuf";
import { repository } from "../support/plan";

const engineServices = require("@pulumi/pulumi/proto/engine_grpc_pb");
const engineMessages = require("@pulumi/pulumi/proto/engine_pb");
const monitorServices = require("@pulumi/pulumi/proto/resource_grpc_pb");
const monitorMessages = require("@pulumi/pulumi/proto/resource_pb");

/** What one run of a program cost. */
export interface Cost {
  /** User and system time of the program's process, in seconds. */
  readonly cpuSeconds: number;
  /** Peak resident set of the program's process, in MB. */
  readonly peakMegabytes: number;
  readonly resources: number;
}

type Call = { request: any };
type Reply = (error: unknown, response?: unknown) => void;

/**
 * Runs a program as a language host does (`@pulumi/pulumi/cmd/run`) against a monitor in this process that answers each
 * registration with its inputs, so that only the program itself is measured. `/usr/bin/time` is not needed: the process
 * reports its own usage when it ends.
 */
export async function runProgram(
  program: string,
  folder: string,
  config: object,
  nodeArgs: readonly string[],
): Promise<Cost> {
  let resources = 0;
  const problems: string[] = [];
  const server = new grpc.Server();
  server.addService(monitorServices.ResourceMonitorService, {
    supportsFeature: (call: Call, reply: Reply) => {
      const response = new monitorMessages.SupportsFeatureResponse();
      response.setHassupport(call.request.getId() !== "transforms");
      reply(null, response);
    },
    registerResource: (call: Call, reply: Reply) => {
      resources++;
      const { request } = call;
      const response = new monitorMessages.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:bench::bench::${request.getType()}::${request.getName()}`);
      response.setId(request.getCustom() ? request.getName() : "");
      response.setObject(request.getObject());
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
    const usage = await measured(
      spawn(
        process.execPath,
        [
          ...nodeArgs,
          ...["--require", join(__dirname, "usage.cjs"), require.resolve("@pulumi/pulumi/cmd/run")],
          ...[`--monitor=127.0.0.1:${port}`, `--engine=127.0.0.1:${port}`],
          ...["--organization=bench", "--project=switchboard", "--stack=dev", `--pwd=${folder}`, "--dry-run", program],
        ],
        {
          cwd: folder,
          stdio: ["ignore", "ignore", "pipe", "pipe"],
          env: {
            ...process.env,
            NODE_PATH: join(repository, "node_modules"),
            PULUMI_CONFIG: JSON.stringify(config),
            PULUMI_CONFIG_SECRET_KEYS: "[]",
            PULUMI_NODEJS_TYPESCRIPT: "false",
          },
        },
      ),
    );
    return { ...usage, resources };
  } catch (error) {
    throw new Error(`${(error as Error).message}${problems.join("\n")}`);
  } finally {
    server.forceShutdown();
  }
}

/** Waits for the end of the process and reads the usage that it wrote to its fourth file descriptor. */
function measured(child: ChildProcess): Promise<Omit<Cost, "resources">> {
  let usage = "";
  let errors = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => {
    usage += String(chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && usage) resolve(JSON.parse(usage));
      else reject(new Error(`the program ended with ${code}: ${errors}`));
    });
  });
}
