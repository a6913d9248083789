import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/**
 * What a build borrows from this machine to reach its package registries: mirrors, proxies, CAs and logins. All of it
 * is mounted while a step runs and none of it is copied into a layer.
 */
export interface HostPackages {
  /** A mirror of the Debian archive, for debootstrap. */
  readonly debianMirror?: string;
  /** Folder that takes the place of /etc/apt. */
  readonly apt?: string;
  /** Files by the id under which a Dockerfile mounts them as secrets. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Collects this machine's package settings into files below `folder`, readable by their owner alone. */
export function hostPackages(folder: string): HostPackages {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mirrors = debianMirrors(output("apt-get", ["indextargets", "--format", "$(LABEL)|$(REPO_URI)"]));
  const apt = mirrors.archive ? join(folder, "apt") : undefined;
  if (apt) {
    mkdirSync(apt, { recursive: true });
    writeFileSync(join(apt, "sources.list"), aptSources(mirrors));
    writeFileSync(join(apt, "apt.conf"), aptConfig(output("apt-config", ["dump"])));
    if (existsSync(systemCertificates)) writeFileSync(join(apt, "ca.pem"), readFileSync(systemCertificates));
  }
  const npm = JSON.parse(output("npm", ["config", "list", "--json"]) || "{}") as Record<string, unknown>;
  const userConfig = join(homedir(), ".npmrc");
  const npmrc = npmSettings(npm, existsSync(userConfig) ? readFileSync(userConfig, "utf8") : "", process.env);
  const secrets = { npmrc: join(folder, "npmrc"), ca: join(folder, "ca.pem") };
  writeFileSync(secrets.npmrc, npmrc, { mode: 0o600 });
  writeFileSync(secrets.ca, npmCertificates(npm), { mode: 0o600 });
  return { debianMirror: mirrors.archive, apt, secrets };
}

/** Where Debian keeps the CAs that this machine trusts. */
const systemCertificates = "/etc/ssl/certs/ca-certificates.crt";
/** Where a Dockerfile's `--mount=type=secret,id=ca` puts its file. */
const mountedCertificates = "/run/secrets/ca";

/** Debian's repositories among those that this machine's apt knows, whatever form its sources have. */
export interface DebianMirrors {
  readonly archive?: string;
  readonly security?: string;
}

/** Reads `apt-get indextargets --format '$(LABEL)|$(REPO_URI)'`. */
export function debianMirrors(indexTargets: string): DebianMirrors {
  const byLabel = new Map(indexTargets.split("\n").map((line) => line.split("|", 2) as [string, string]));
  const mirror = (label: string) => byLabel.get(label)?.replace(/\/$/, "");
  return { archive: mirror("Debian"), security: mirror("Debian-Security") };
}

/** The sources.list of a Debian 12 image, whichever release this machine runs. */
export function aptSources({ archive, security }: DebianMirrors): string {
  // The folder is mounted over /etc/apt and hides the keys there; these are in every Debian image.
  const options = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  return [
    ...["bookworm", "bookworm-updates"].map((suite) => `deb ${options} ${archive} ${suite} main\n`),
    ...(security ? [`deb ${options} ${security} bookworm-security main\n`] : []),
  ].join("");
}

/** From `apt-config dump`: how this machine reaches mirrors (proxies, retries, clock checks), for an image. */
export function aptConfig(dump: string): string {
  const wanted = /^Acquire::(https?::(?!CAInfo|.*Auto-?Detect)|ForceIPv|Retries|Check-Valid-Until|Check-Date)/i;
  const lines = dump.split("\n").filter((line) => wanted.test(line) && !line.endsWith(' "";'));
  return [
    ...lines,
    'Acquire::https::CAInfo "/etc/apt/ca.pem";',
    'Acquire::Languages "none";',
    'APT::Keep-Downloaded-Packages "false";',
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    "",
  ].join("\n");
}

/**
 * An .npmrc for the build: registry and proxies as npm resolved them, scoped registries and logins from the person's
 * own file with their variables filled in.
 */
export function npmSettings(
  npm: Readonly<Record<string, unknown>>,
  userConfig: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const copied = ["registry", "proxy", "https-proxy", "noproxy", "strict-ssl"].flatMap((key) => {
    const value = Array.isArray(npm[key]) ? npm[key].join(",") : npm[key];
    return value === undefined || value === null || value === "" ? [] : [`${key}=${value}`];
  });
  const scoped = userConfig
    .split("\n")
    .filter((line) => /^\s*(\/\/|@)/.test(line))
    .map((line) => line.trim().replaceAll(/\$\{(\w+)\}/g, (whole, name) => environment[name] ?? whole));
  return `${[...copied, ...scoped, `cafile=${mountedCertificates}`].join("\n")}\n`;
}

/** The CAs that npm trusts on this machine; `cafile` replaces the built-in ones, NODE_EXTRA_CA_CERTS adds to them. */
function npmCertificates(npm: Readonly<Record<string, unknown>>): string {
  if (typeof npm.cafile === "string" && existsSync(npm.cafile)) return readFileSync(npm.cafile, "utf8");
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  return [...rootCertificates, ...(extra && existsSync(extra) ? [readFileSync(extra, "utf8")] : []), ""].join("\n");
}

/** What a program prints, or nothing where the machine lacks it: then there is nothing to borrow. */
function output(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "";
  }
}
