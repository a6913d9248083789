import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { analyzerRun } from "./analyzerRun";

type Call = grpc.ServerWritableStream<proto.RunPluginRequest, proto.RunPluginResponse>;

/**
 * `RunPlugin`: starts a policy pack and hands its output to the engine, which finds the pack's port in it. It ends with
 * the call.
 *
 * @param running processes to end together with the language host
 */
export function policyPackRunner(running: Set<ChildProcess>): (call: Call) => void {
  return (call) => {
    const { request } = call;
    const refuse = (code: grpc.status, details: string) => call.emit("error", { code, details });
    if (request.getKind() !== "analyzer")
      return refuse(
        grpc.status.UNIMPLEMENTED,
        `the local stand-in of the Node.js language host runs programs and policy packs, but no plugin of kind "${request.getKind()}"; install the official Pulumi CLI for it`,
      );
    const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
    let runner: string;
    try {
      runner = createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    } catch {
      return refuse(grpc.status.FAILED_PRECONDITION, `@pulumi/pulumi is not installed for ${folder}; run "npm ci"`);
    }
    const { args, env, cwd } = analyzerRun(request, runner);
    const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    child.stdout.on("data", (data: Buffer) => call.write(new proto.RunPluginResponse().setStdout(data)));
    child.stderr.on("data", (data: Buffer) => call.write(new proto.RunPluginResponse().setStderr(data)));
    child.once("error", (error) => refuse(grpc.status.INTERNAL, error.message));
    child.once("close", (code) => {
      running.delete(child);
      if (call.cancelled || call.destroyed) return;
      call.write(new proto.RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
    call.once("cancelled", () => child.kill("SIGTERM"));
  };
}
