import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureOfficialProvider, officialVersion } from "../../../engine/official";
import { runMain, UserError } from "../../../lib/userError";
import { repository } from "../../support/plan";
import { builtOfficialProvider } from "./built";

/** What a change of the Kubernetes provider can break: bringing up, releases, changes, failures, the end, and volumes. */
const suites = /^([15678]-.*|9-volumes)\.e2e\.ts$/;

/**
 * The end-to-end run on the official Kubernetes provider, which is built first: some 15 minutes of two cores once.
 * `--quick` is `up`, the empty second `up` and a killed first `up`; with `--if-built` it does nothing where the provider is
 * not in the cache yet.
 */
void runMain(async () => {
  const flags = process.argv.slice(2);
  const wrong = flags.filter((flag) => flag !== "--quick" && flag !== "--if-built");
  if (wrong.length > 0) {
    throw new UserError(`${wrong.join(" ")} is no flag of this run`, "leave it out; --quick and --if-built are known");
  }
  if (flags.includes("--if-built") && !builtOfficialProvider()) {
    process.stdout.write(
      `the official Kubernetes provider ${officialVersion} is not built here (npm run e2e:official builds it): its part is left out\n`,
    );
    return;
  }
  await ensureOfficialProvider((line) => process.stderr.write(`${line}\n`));
  const folder = join(repository, "test/e2e");
  const quick = [join(folder, "official/killed.e2e.ts")];
  const all = [
    ...readdirSync(folder)
      .filter((file) => suites.test(file))
      .sort()
      .map((file) => join(folder, file)),
  ];
  const [first = [], ...later] = flags.includes("--quick")
    ? [quick]
    : // The runner sorts the files of one call, and what continues the first `up` comes before what takes it down.
      [all.slice(0, 1), [join(folder, "official/continued.e2e.ts")], all.slice(1)];
  const statuses = [first, ...later].map((files) => tested(files));
  process.exitCode = statuses.find((status) => status !== 0) ?? 0;
});

/** Runs some files one after the other. @returns the exit code */
function tested(files: readonly string[]): number {
  const runner = ["--test", "--test-concurrency=1", "--test-timeout=2400000"];
  const { status } = spawnSync(
    process.execPath,
    ["--require", join(repository, "components/loader.cjs"), ...runner, ...files],
    { cwd: repository, stdio: "inherit", env: { ...process.env, SWITCHBOARD_KUBERNETES_PROVIDER: "official" } },
  );
  return status ?? 1;
}
