import { request } from "node:https";
import { execa } from "execa";
import { parseBytes } from "../../components/schema/values/resources";
import { UserError } from "../../lib/userError";
import { get, kubectl, npmRun } from "../e2e/support/system";
import { repository } from "../support/plan";

/** Figures of the whole dev stack on one local node. */
export interface SystemFigures {
  /** From `npm run up` with built tools and images, but no cluster and no state, to the log-in page. */
  readonly secondsToLogIn: number;
  readonly secondsUnchanged: number;
  readonly requestedMebibytes: number;
  /** Working set of all pods of the product, as the kubelet reports it. */
  readonly usedMebibytes: number;
}

/** Brings the dev stack up on one fresh node, measures it, and takes everything away again. */
export async function measureSystem(): Promise<SystemFigures> {
  try {
    const secondsToLogIn = await untilLogIn();
    const begin = Date.now();
    await succeed("up", ["dev", "--nodes", "1"]);
    const secondsUnchanged = (Date.now() - begin) / 1000;
    return { secondsToLogIn, secondsUnchanged, ...(await memory()) };
  } finally {
    await npmRun("down", ["--delete-data", "--yes"]);
  }
}

/** Starts `npm run up` and asks for the page until it is there. */
async function untilLogIn(): Promise<number> {
  const begin = Date.now();
  const run = execa("npm", ["run", "--silent", "up", "--", "dev", "--nodes", "1"], {
    cwd: repository,
    stdin: "ignore",
    stdout: "ignore",
    reject: false,
  });
  let running = true;
  void run.then(() => {
    running = false;
  });
  while (running && (await logInStatus()) !== 200) await new Promise((resolve) => setTimeout(resolve, 250));
  const seconds = (Date.now() - begin) / 1000;
  const { exitCode, stderr } = await run;
  if (exitCode !== 0) throw new UserError(`npm run up failed: ${stderr}`, "see its log");
  return seconds;
}

function logInStatus(): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      {
        // The figure is about time; that the certificate is right is a test of the end-to-end run.
        ...{ host: "127.0.0.1", port: 8443, servername: "panel.localhost", rejectUnauthorized: false, timeout: 2000 },
        ...{ path: "/login", headers: { host: "panel.localhost:8443" } },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve(0));
    sent.end();
  });
}

async function succeed(script: string, args: readonly string[]): Promise<void> {
  const { exitCode, output } = await npmRun(script, args);
  if (exitCode !== 0) throw new UserError(`npm run ${script} failed: ${output}`, "see its log");
}

async function memory(): Promise<Pick<SystemFigures, "requestedMebibytes" | "usedMebibytes">> {
  const { items } = await get("pods");
  const running = items.filter((pod: any) => pod.status.phase === "Running");
  const requested = running.flatMap((pod: any) =>
    pod.spec.containers.map((container: any) => parseBytes(container.resources.requests.memory)),
  );
  const node = running[0].spec.nodeName;
  const summary = JSON.parse(await kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy/stats/summary`));
  const used = summary.pods
    .filter((pod: any) => pod.podRef.namespace === "switchboard")
    .map((pod: any) => pod.memory?.workingSetBytes ?? 0);
  const mebibytes = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / 2 ** 20;
  return { requestedMebibytes: mebibytes(requested), usedMebibytes: mebibytes(used) };
}
