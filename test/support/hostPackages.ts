import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { installPackages } from "../../sandbox/nodes/packages";

/** What the suites run as the real thing, and what it is for. Names of Debian 12. */
export const hostPackages: Readonly<Record<string, string>> = {
  chromium: "pages and drawings are looked at",
  elixir: "the chat is built",
  "erlang-dev": "the chat is built",
  "erlang-cowlib": "the chat is built",
  "erlang-p1-pgsql": "the chat is built",
  "erlang-jiffy": "the chat is built",
  "erlang-ssl": "the chat is built",
  "erlang-eunit": "the chat's unit tests",
  "postgresql-15": "databases with the program's own roles",
  pgbouncer: "the pooler in front of them",
  pgbackrest: "their backups",
  "redis-server": "stores with the program's own users",
  nginx: "the rendered configuration",
  openssl: "certificates",
  "openssh-client": "keys of a backend's host",
  rsync: "copies of the checkout",
  shellcheck: "scripts of the workflows",
  "docker-registry": "a registry that refuses overwriting",
  podman: "a builder of images",
  "apache2-utils": "password files and a load on NGINX",
};

/** The packages of the list that dpkg does not have; undefined where there is no dpkg. */
export function missingHostPackages(): string[] | undefined {
  const names = Object.keys(hostPackages);
  const format = ["Package", "db:Status-Status"].map((field) => `\${${field}}`).join(" ");
  const query = spawnSync("dpkg-query", ["--show", `--showformat=${format}\\n`, ...names], { encoding: "utf8" });
  if (query.error) return undefined;
  const installed = new Set(query.stdout.split("\n").map((line) => line.replace(/ installed$/, "")));
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs what the suites need and this machine lacks, as root or through sudo. Where there is no dpkg it only says
 * what is needed: the tests that need it say so again.
 * @throws UserError when apt-get fails
 */
export async function installHostPackages(): Promise<void> {
  const missing = missingHostPackages();
  if (missing === undefined) {
    note(`the tests need what these Debian packages hold: ${Object.keys(hostPackages).join(" ")}`);
    return;
  }
  if (missing.length === 0) return;
  if (process.getuid?.() === 0) return installPackages(missing, note);
  const root = resolve(__dirname, "../..");
  // Without a terminal nobody can type a password.
  const words = [...(process.stdin.isTTY ? [] : ["--non-interactive"]), process.execPath, "test/setUp.cjs"];
  const { status } = spawnSync("sudo", words, { cwd: root, stdio: "inherit" });
  if (status !== 0)
    note(`these packages are missing: sudo apt-get install --no-install-recommends ${missing.join(" ")}`);
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
