import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { productFolders } from "./folders";
import { repository } from "./plan";

/** A checkout of this repository on a machine of its own: own home, own podman store, no other builder on its PATH. */
export class BuilderMachine {
  readonly checkout: string;
  private readonly env: Record<string, string>;

  /** @param insecure registries without TLS that podman may pull bases from */
  constructor(
    private readonly folder: string,
    files: Readonly<Record<string, string>>,
    insecure: readonly string[] = [],
  ) {
    this.checkout = join(folder, "checkout");
    const bin = join(folder, "bin");
    for (const path of [this.checkout, bin, join(folder, "home/.docker")]) mkdirSync(path, { recursive: true });
    for (const name of [...productFolders, "Pulumi.yaml", "package.json", "tsconfig.json"]) {
      cpSync(join(repository, name), join(this.checkout, name), { recursive: true });
    }
    symlinkSync(join(repository, "node_modules"), join(this.checkout, "node_modules"));
    this.write(files);
    for (const program of ["podman", "node", "git", "sh"]) symlinkSync(which(program), join(bin, program));
    const conf = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    this.env = {
      HOME: join(folder, "home"),
      PATH: bin,
      XDG_RUNTIME_DIR: join(folder, "run"),
      // Storage of its own; the driver works on every file system, and the images are small.
      CONTAINERS_STORAGE_CONF: conf(
        "storage.conf",
        `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, "graph")}"\nrunroot = "${join(folder, "runroot")}"\n`,
      ),
      CONTAINERS_REGISTRIES_CONF: conf(
        "registries.conf",
        insecure.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`).join("\n"),
      ),
      REGISTRY_AUTH_FILE: join(folder, "home/.docker/config.json"),
      TMPDIR: this.folder,
    };
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    writeFileSync(this.env.REGISTRY_AUTH_FILE!, "{}\n");
  }

  /** Writes files below the checkout. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(this.checkout, path, ".."), { recursive: true });
      writeFileSync(join(this.checkout, path), text);
    }
  }

  /** Keeps a login as `podman login` and `docker login` do. */
  logIn(registry: string, username: string, password: string): void {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    writeFileSync(this.env.REGISTRY_AUTH_FILE!, JSON.stringify({ auths: { [registry]: { auth } } }), { mode: 0o600 });
  }

  /** `npm run images -- STACK`: the references, and what it said. */
  async images(stack: string): Promise<{ references: string[]; output: string; exitCode: number | undefined }> {
    const list = join(this.folder, "references");
    writeFileSync(list, "");
    const loader = ["--require", "./components/loader.cjs", "cli/images/load.ts"];
    const { all, exitCode } = await this.run("node", [...loader, stack, "--references", list]);
    return { references: readFileSync(list, "utf8").split("\n").filter(Boolean), output: all, exitCode };
  }

  /** Any program of this machine. */
  async run(program: string, args: readonly string[]): Promise<{ all: string; exitCode: number | undefined }> {
    const { all, exitCode } = await execa(join(this.folder, "bin", program), args, {
      cwd: this.checkout,
      env: this.env,
      extendEnv: false,
      all: true,
      reject: false,
    });
    return { all: all ?? "", exitCode };
  }

  /** Names of the images in the store. */
  async built(): Promise<string[]> {
    const { all } = await this.run("podman", ["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    return all.split("\n").filter(Boolean);
  }
}

function which(program: string): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder && readdirOf(folder).includes(program)) return join(folder, program);
  }
  return execFileSync("which", [program], { encoding: "utf8" }).trim();
}

function readdirOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
