import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { shellWords } from "./shellWords";

/** How to start a Pulumi program: what the official Node.js language host passes to the SDK's runner. */
export interface ProgramRun {
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
}

/**
 * The command line and environment of one program run.
 * @param request the engine's request
 * @param options the project's `runtime.options`: `typescript` (default true), `nodeargs`, `tsconfig`
 * @param runner path of the SDK's `cmd/run`
 * @param engine the engine's address
 */
export function programRun(
  request: RunRequest,
  options: { readonly [key: string]: unknown },
  runner: string,
  engine: string,
): ProgramRun {
  const info = request.getInfo();
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return {
    args: [
      ...shellWords(String(options.nodeargs ?? "")),
      runner,
      ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info?.getEntryPoint() || request.getProgram() || ".",
      ...request.getArgsList(),
    ],
    env: {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false && options.typescript !== "false"),
      ...(typeof options.tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
    // `main` in Pulumi.yaml moves the program below the project's root; nodeargs are relative to the program.
    cwd: info?.getProgramDirectory() || request.getPwd(),
  };
}
