import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { withoutShapes } from "../../lib/masking";
import { repository } from "../../lib/paths";
import { runMain, UserError } from "../../lib/userError";
import { Github } from "../../review/forge/github";
import { placeOf } from "../../review/forge/place";
import { keyLines, type LeftOver, reviewNumber, reviewStackFile, reviewStackName, sweepOf } from "./reviewStack";

const usage = "cli/ci/review.ts up NUMBER | down NUMBER | sweep [--days N]";

/** `pulumi stack ls --json` */
interface Listed {
  readonly name: string;
  readonly lastUpdate?: string;
  readonly updateInProgress?: boolean;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { days: { type: "string" } } });
  const [command, number] = positionals;
  if (command === "up") await up(Number(number));
  else if (command === "down") await down(Number(number));
  else if (command === "sweep") await sweep(Number(values.days ?? 7));
  else throw new UserError(`${command ?? "nothing"} is no command`, usage);
}

/** Makes the stack where it is not there yet, and brings it up. */
async function up(number: number): Promise<void> {
  const stack = reviewStackName(number);
  const known = await isKnown(number);
  writeFileSync(stackFile(stack), (known ? await keys(stack) : "") + settings(number));
  const provider = process.env.PULUMI_SECRETS_PROVIDER;
  if (!known) await pulumi(["stack", "init", stack, ...(provider ? ["--secrets-provider", provider] : [])]);
  await execa("npm", ["run", "--silent", "images", "--", stack], { cwd: repository, stdio: "inherit" });
  await pulumi(["up", "--stack", stack, "--yes", "--skip-preview", "--suppress-outputs"]);
}

/** Destroys what is there and forgets the stack; a stack that is not there is down already. */
async function down(number: number): Promise<void> {
  const stack = reviewStackName(number);
  if (!(await isKnown(number))) return void process.stderr.write(`there is no stack ${stack}\n`);
  writeFileSync(stackFile(stack), `${await keys(stack)}config: {}\n`);
  await pulumi(["destroy", "--stack", stack, "--yes", "--skip-preview", "--remove"]);
  rmSync(stackFile(stack), { force: true });
}

async function isKnown(number: number): Promise<boolean> {
  return (await listed()).some(({ name }) => reviewNumber(name) === number);
}

async function keys(stack: string): Promise<string> {
  // Without --show-secrets: only how they are encrypted is read.
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  const { stdout } = await execa("pulumi", args, { cwd: repository });
  return keyLines(JSON.parse(stdout));
}

async function sweep(days: number): Promise<void> {
  if (!(days >= 1)) throw new UserError(`--days ${days}: must be a number from 1`, usage);
  const place = placeOf();
  if (place?.forge !== "github") {
    throw new UserError(
      "the sweep asks GitHub which pull requests are open",
      "GitLab stops review environments by itself",
    );
  }
  const github = new Github({ repository: place.repository, api: place.api, token: process.env.GITHUB_TOKEN ?? "" });
  const found: LeftOver[] = (await listed()).flatMap(({ name, lastUpdate, updateInProgress }) => {
    const number = reviewNumber(name);
    if (number === undefined || updateInProgress) return [];
    return [{ stack: name, number, ...(lastUpdate && { updated: new Date(lastUpdate) }) }];
  });
  const open = new Map<number, boolean>();
  for (const { number } of found) {
    const pull = await github.pullRequest(number);
    open.set(number, pull?.open === true && pull.labels.includes("review"));
  }
  const failed: string[] = [];
  for (const { stack, number, why } of sweepOf(found, (one) => open.get(one) === true, new Date(), days)) {
    process.stderr.write(`${stack}: ${why}\n`);
    // One that does not go must not keep the others.
    await down(number).catch((error: Error) => failed.push(`${stack}: ${error.message.split("\n")[0]}`));
  }
  if (failed.length > 0)
    throw new UserError(`not all went:\n  ${failed.join("\n  ")}`, "look above, then run it again");
}

function settings(number: number): string {
  const template = readFileSync(join(repository, ".ci/review.yaml"), "utf8");
  const { REVIEW_DOMAIN: domain = "", REGISTRY: registry = "" } = process.env;
  return reviewStackFile(template, { number, domain, registry });
}

function stackFile(stack: string): string {
  return join(repository, `Pulumi.${stack}.yaml`);
}

async function listed(): Promise<readonly Listed[]> {
  const { stdout } = await execa("pulumi", ["stack", "ls", "--json", "--non-interactive"], { cwd: repository });
  return JSON.parse(stdout) as Listed[];
}

async function pulumi(args: readonly string[]): Promise<void> {
  const done = await execa("pulumi", [...args, "--non-interactive"], {
    cwd: repository,
    stdin: "inherit",
    // Pulumi masks what it knows to be secret; a provider's error may hold more.
    stdout: [masking, "inherit"],
    stderr: [masking, "inherit"],
    reject: false,
  });
  if (done.exitCode !== 0) {
    throw new UserError(`pulumi ${args.slice(0, 2).join(" ")} ended with ${done.exitCode}`, "read what it says above");
  }
}

function* masking(line: unknown): Generator<string> {
  yield withoutShapes(String(line));
}

if (require.main === module) runMain(main);
