/**
 * The Node.js language host for a machine where the official `pulumi-language-nodejs` cannot be had: it starts the
 * program, and policy packs, through the SDK's own runners. Code generation, conversion and other plugins written in
 * TypeScript are not here.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/language_pb";
import { policyPackRunner } from "./analyzerHost";
import { type EngineLog, localVersion, pluginInfo, servePlugin } from "./plugin";
import { programRun } from "./programRun";
import { Empty } from "./protobuf";
import { unary } from "./providers/server";
import { fromStruct } from "./providers/values";

/** The SDK's runner ends with this code when it has shown the program's error itself. */
const alreadyReported = 32;

const running = new Set<ChildProcess>();

function handlers(log: EngineLog, engine: string) {
  return {
    getPluginInfo: unary(async () => pluginInfo(localVersion("@pulumi/pulumi"))),
    // The plugins are on PATH already: there is nothing that the engine has to install.
    getRequiredPlugins: unary(async () => new proto.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(async () => new proto.GetRequiredPackagesResponse()),
    about: unary(async () => new proto.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    getProgramDependencies: unary(dependencies),
    runtimeOptionsPrompts: unary(async () => new proto.RuntimeOptionsResponse()),
    installDependencies,
    run: unary((request: proto.RunRequest) => runProgram(request, log, engine)),
    runPlugin: policyPackRunner(running),
    cancel: unary(async () => {
      for (const child of running) child.kill("SIGTERM");
      return new Empty();
    }),
  };
}

async function runProgram(request: proto.RunRequest, log: EngineLog, engine: string): Promise<proto.RunResponse> {
  log("info", `nodejs: local stand-in of the language host on Node.js ${process.version}, not the official plugin`);
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getPwd();
  const response = new proto.RunResponse();
  let runner: string;
  try {
    runner = createRequire(join(folder, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return response.setError(`@pulumi/pulumi is not installed in ${folder}; run "npm ci" there and try again`);
  }
  const { args, env, cwd } = programRun(request, fromStruct(info?.getOptions()), runner, engine);
  // The engine shows what comes on this process's own stdout and stderr as the program's.
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.add(child);
  try {
    const [code, signal] = await ended(child);
    if (code === alreadyReported) return response.setBail(true);
    if (code === 0) return response;
    return response.setError(
      signal ? `the program was ended by ${signal}` : `the program ended with exit code ${code}; its output says why`,
    );
  } finally {
    running.delete(child);
  }
}

function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
}

/** What package.json names, in the versions that are installed; for `pulumi about`. */
async function dependencies(
  request: proto.GetProgramDependenciesRequest,
): Promise<proto.GetProgramDependenciesResponse> {
  const response = new proto.GetProgramDependenciesResponse();
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const named = readJson(join(folder, "package.json"))?.dependencies ?? {};
  for (const name of Object.keys(named).sort()) {
    const version = readJson(join(folder, "node_modules", name, "package.json"))?.version;
    if (version) response.addDependencies(new proto.DependencyInfo().setName(name).setVersion(version));
  }
  return response;
}

function readJson(file: string): { version?: string; dependencies?: Record<string, string> } | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** `pulumi install`: npm installs exactly what package-lock.json names. */
function installDependencies(
  call: grpc.ServerWritableStream<proto.InstallDependenciesRequest, proto.InstallDependenciesResponse>,
): void {
  const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const locked = existsSync(join(folder, "package-lock.json"));
  const child = spawn("npm", [locked ? "ci" : "install"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.stdout.on("data", (data: Buffer) => call.write(new proto.InstallDependenciesResponse().setStdout(data)));
  child.stderr.on("data", (data: Buffer) => call.write(new proto.InstallDependenciesResponse().setStderr(data)));
  child.once("error", (error) => call.destroy(error));
  child.once("close", (code) => {
    running.delete(child);
    if (code === 0) call.end();
    else call.destroy(new Error(`npm ${locked ? "ci" : "install"} in ${folder} ended with exit code ${code}`));
  });
}

if (require.main === module) {
  process.once("exit", () => {
    for (const child of running) child.kill("SIGTERM");
  });
  void servePlugin((server, log, engine) => server.addService(LanguageRuntimeService, handlers(log, engine)));
}
