import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { removeAbandoned } from "../lib/abandoned";
import { binaries, cache, logs } from "../lib/paths";
import { UserError } from "../lib/userError";
import { type ChangedFiles, changedModules } from "./goModules";

const run = promisify(execFile);

/** A Go program of another project that this repository builds from the module proxy: an ordinary Go `tool`. */
export interface GoTool {
  /** Folder with the go.mod and go.sum that pin every module of the build. */
  readonly module: string;
  /** Import path of the main package. */
  readonly package: string;
  /** File name of the binary in the cache's `bin`. */
  readonly name: string;
  /** Further names of the binary, for a program that does what its name says. */
  readonly links?: readonly string[];
  /** Linker flags, usually the version that the tool reports. */
  readonly ldflags?: string;
  /**
   * Files that the build finds in the module's folder although they are elsewhere, by their names there: what a module
   * of the proxy brings along and this repository does not. Asked only when there is something to build.
   */
  readonly overlay?: (go: string) => Promise<Readonly<Record<string, string>>>;
  /** Build tags. */
  readonly tags?: readonly string[];
  /**
   * Files of other modules, by the module and their paths in it, that the build leaves out or takes from elsewhere: what
   * nobody needs here and what is most of the work.
   */
  readonly changes?: Readonly<Record<string, ChangedFiles>>;
  /** Called with one short line whenever there is something to say, at most twice a second. */
  readonly report?: (line: string) => void;
  /** Ends the build; the next one starts from what Go's build cache already has. */
  readonly signal?: AbortSignal;
}

/**
 * Builds a Go tool into the cache unless the one there was built from the same go.mod, go.sum and linker flags.
 * The build goes to a temporary name and is renamed at the end, so a killed build never leaves half a binary.
 * @returns the path of the binary
 * @throws UserError when Go is missing or too old, or the build fails
 */
export async function ensureGoTool(tool: GoTool): Promise<string> {
  const binary = join(binaries, tool.name);
  if (isBuilt(tool)) return binary;

  const go = await findGo(tool.module);
  for (const folder of [binaries, logs, join(cache, "stamps")]) mkdirSync(folder, { recursive: true });
  removeAbandoned(binaries, `.${tool.name}.`);
  const stampFile = join(cache, "stamps", tool.name);
  const unfinished = join(binaries, `.${tool.name}.${process.pid}`);
  try {
    const flags = [...(await overlayFlags(go, tool)), ...(await changedModules(go, tool))];
    await build(go, tool, flags, unfinished);
    rmSync(stampFile, { force: true });
    renameSync(unfinished, binary);
    for (const link of tool.links ?? []) {
      // Relative, because a node sees the folder elsewhere. A rename also replaces the program that had this name.
      symlinkSync(tool.name, unfinished);
      renameSync(unfinished, join(binaries, link));
    }
    writeFileSync(stampFile, goToolStamp(tool));
  } finally {
    rmSync(unfinished, { force: true });
  }
  return binary;
}

/** Whether the cache already has this tool as the module files ask for it. */
export function isBuilt(tool: GoTool): boolean {
  const stampFile = join(cache, "stamps", tool.name);
  return (
    existsSync(join(binaries, tool.name)) &&
    (tool.links ?? []).every((link) => readsLink(join(binaries, link)) === tool.name) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === goToolStamp(tool)
  );
}

function readsLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** What decides the content of a tool's binary: modules, its own sources, what is changed, the package, tags and flags. */
export function goToolStamp(tool: Pick<GoTool, "module" | "package" | "ldflags" | "tags" | "changes">): string {
  const hash = createHash("sha256");
  // The main package is another project's, or a folder of this module.
  const folder = tool.package.startsWith(".") ? join(tool.module, tool.package) : tool.module;
  const sources = readdirSync(folder).filter((file) => file.endsWith(".go"));
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(tool.module, file))).update("\0");
  for (const file of sources.sort()) hash.update(readFileSync(join(folder, file))).update("\0");
  if (tool.tags) hash.update(`${tool.tags.join()}\0`);
  for (const files of Object.values(tool.changes ?? {}))
    for (const [path, file] of Object.entries(files)) hash.update(`${path}\0`).update(file ? readFileSync(file) : "");
  return hash.update(`${tool.package}\0${tool.ldflags ?? ""}`).digest("hex");
}

/** `go1.26.8` and `1.26.0` as comparable numbers: [1, 26, 8]. Anything after the numbers (rc1, -dev) is ignored. */
export function goVersion(text: string): [number, number, number] | undefined {
  const match = /^(?:go)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether the Go version `have` can build a module whose go.mod says `go need`. */
export function goIsNewEnough(have: string, need: string): boolean {
  const [a, b] = [goVersion(have), goVersion(need)];
  if (!a || !b) return false;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 || a[at]! > b[at]!;
}

async function findGo(module: string): Promise<string> {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/go/bin", "/usr/lib/go/bin"];
  const go = folders.map((folder) => join(folder, "go")).find(isExecutable);
  const need = /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1] ?? "1.21";
  const todo = `install Go ${need} or newer (https://go.dev/dl) and put it on PATH`;
  if (!go) throw new UserError(`Go is not installed, and ${module}/go.mod needs it.`, todo);
  // Asked outside the module: inside it, a Go that may switch toolchains would start a download here.
  const { stdout } = await run(go, ["env", "GOVERSION", "GOTOOLCHAIN"], {
    cwd: "/",
    env: { ...process.env, GOWORK: "off" },
  });
  const [have = "", toolchain = ""] = stdout.trim().split("\n");
  const switches = goIsNewEnough(have, "1.21") && toolchain !== "local";
  if (!goIsNewEnough(have, need) && !switches) {
    throw new UserError(`${go} is ${have || "of an unknown version"}, too old for ${module}/go.mod (${need}).`, todo);
  }
  return go;
}

/** The flag that puts files of elsewhere into the module's folder for this build. */
async function overlayFlags(go: string, { module, name, overlay }: GoTool): Promise<string[]> {
  if (!overlay) return [];
  const files = Object.entries(await overlay(go)).map(([file, place]) => [join(module, file), place]);
  const list = join(cache, "stamps", `${name}.overlay.json`);
  writeFileSync(list, JSON.stringify({ Replace: Object.fromEntries(files) }));
  return ["-overlay", list];
}

function build(go: string, tool: GoTool, more: readonly string[], output: string): Promise<void> {
  const log = join(logs, `build-${tool.name}.log`);
  // The linker leaves out what debuggers read, and making it takes up to a seventh of the processor's time.
  const lean = ["-trimpath", "-gcflags=all=-dwarf=false"];
  const tags = tool.tags ? ["-tags", tool.tags.join()] : [];
  const flags = [...lean, "-v", "-mod=readonly", ...tags, ...more, "-ldflags", tool.ldflags ?? "-s -w"];
  const child: ChildProcess = spawn(go, ["build", ...flags, "-o", output, tool.package], {
    cwd: tool.module,
    // The compiler collects its garbage less often: a fifth less processor time for a little more memory.
    env: { GOGC: "400", ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "pipe", "pipe"],
    signal: tool.signal,
  });
  const file = createWriteStream(log);
  const started = Date.now();
  let compiled = 0;
  let reportedAt = 0;
  let tail = "";
  const onOutput = (chunk: Buffer) => {
    file.write(chunk);
    const text = chunk.toString();
    tail = (tail + text).slice(-4000);
    compiled += text.split("\n").length - 1;
    if (Date.now() - reportedAt < 500) return;
    reportedAt = Date.now();
    const seconds = Math.round((Date.now() - started) / 1000);
    tool.report?.(`building ${tool.name}: ${compiled} packages, ${seconds} s`);
  };
  tool.report?.(`building ${tool.name}`);
  child.stdout?.on("data", onOutput);
  child.stderr?.on("data", onOutput);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      file.end();
      if (code === 0) return resolve();
      reject(
        new UserError(
          `go build of ${tool.name} ${code === null ? `was ended by ${signal}` : "failed"}.`,
          advice(tail),
          log,
        ),
      );
    });
  });
}

/** What to do about a failed build, from the last of its output. */
function advice(output: string): string {
  if (/no space left on device/.test(output))
    return "free some disk space (Go's build cache needs about 6 GB), then run the command again";
  if (/dial tcp|no such host|i\/o timeout|TLS handshake|connection refused/.test(output)) {
    return "check that the Go module proxy can be reached (go env GOPROXY), then run the command again";
  }
  return "read the log, then run the command again: it continues with what is already compiled";
}

/** Whether a file is there and may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
