/**
 * `node --require ./components/loader.cjs test/e2e/official/record.ts [NAME...]`: has both kinds of the Kubernetes provider
 * preview the same changes of the system that is up in `SWITCHBOARD_STATE`, and keeps what the CLI says of them. With
 * `--state KIND` it keeps the objects of the state instead, which that kind has to have made alone.
 */
import { execa } from "execa";
import { cache } from "../../../lib/paths";
import { runMain } from "../../../lib/userError";
import { repository } from "../../support/plan";
import { normalised } from "../../support/previews/normalise";
import { keepObjects, keepPair, kindsOfProvider, withoutSames } from "../../support/previews/pairs";
import { stackFile } from "../support/stackFile";
import { stateFolder } from "../support/system";
import { builtOfficialProvider } from "./built";

/** What is previewed, by the name of its recordings. */
const situations: Readonly<Record<string, () => void | Promise<void>>> = {
  nothing: () => {},
  "env-variable": () => stackFile.set(["switchboard:panel", "env"], { GREETING: "hello" }),
  "map-replaced": () => stackFile.set(["switchboard:edge", "limits", "bodySize"], "11m"),
  "replicas-up": () => stackFile.set(["switchboard:chat", "replicas"], 3),
  "certificate-renewed": () => stackFile.set(["switchboard:edge", "certificate", "validityDays"], 91),
  "password-generation": () => stackFile.set(["switchboard:postgres", "passwordGeneration"], 2),
  "secret-new": async () => {
    const path = "switchboard:panel.secretEnv.MAIL_PASSWORD";
    await pulumi({}, "config", "set", "--secret", "--path", path, "correct-horse-battery");
  },
};

async function pulumi(extra: Record<string, string>, ...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await execa("npm", ["run", "--silent", "pulumi", "--", "dev", ...args], {
    ...{ cwd: repository, stdin: "ignore", reject: false },
    env: { SWITCHBOARD_STATE: stateFolder, ...extra },
  });
  if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}: ${stderr}\n${stdout}`);
  return { stdout, stderr, exitCode };
}

/** Every secret that the state holds. */
async function secrets(): Promise<string[]> {
  const { stdout } = await pulumi({}, "stack", "export", "--show-secrets");
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string" && value.length >= 12) found.add(value);
    else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) collect(one);
  };
  JSON.parse(stdout, (key, value) => {
    if (key === "plaintext") collect(JSON.parse(value as string));
    return value;
  });
  return [...found];
}

void runMain(async () => {
  if (!builtOfficialProvider()) throw new Error("the official provider is not built: npm run e2e:official");
  const wanted = process.argv.slice(2);
  const kind = wanted[0] === "--state" ? kindsOfProvider.find((one) => one === wanted[1]) : undefined;
  if (kind) return keepObjects((await pulumi({}, "stack", "export")).stdout, kind);
  const known = await secrets();
  stackFile.keep();
  for (const [name, change] of Object.entries(situations)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    try {
      await change();
      for (const kind of kindsOfProvider) {
        const said = await pulumi({ SWITCHBOARD_KUBERNETES_PROVIDER: kind }, "preview", "--json", "--show-sames");
        const { report, stderr } = normalised(said, cache, repository);
        const recording = { name, about: kind, stack: "dev", exitCode: 0, stderr, report: withoutSames(report) };
        const text = JSON.stringify(recording);
        // The address of the first log-in stands in the panel's environment, and a certificate is for everybody.
        const isPublic = /^\w+@[\w.]+$|BEGIN CERTIFICATE/;
        const shown = known.filter((secret) => text.includes(secret) && !isPublic.test(secret));
        if (shown.length > 0) throw new Error(`${name}, ${kind}: ${shown.length} secrets would be in the recording`);
        process.stdout.write(`${name}, ${kind}: ${(keepPair(recording, kind) / 1000).toFixed(1)} kB\n`);
      }
    } finally {
      stackFile.putBack();
    }
  }
});
