import { cloudOf } from "../../../components/clouds";
import { ask } from "../../../components/clouds/shared/doctor/ask";
import { advice, type Finding, failed, ok } from "../../../components/clouds/shared/doctor/model";
import type { Check, Subject } from "../subject";

/** Where the state of a stack in a cloud is kept: it must outlive this machine, and hold no secret in clear. */
export const state: Check = {
  area: "state",
  applies: ({ target }) => target.cloud !== undefined,
  async run(subject, world) {
    const { target } = subject;
    const who = await ask<{ user?: string; url?: string }>(world, "Pulumi's backend", "pulumi", "whoami", "--json");
    if ("finding" in who) {
      const { todo = "" } = who.finding;
      return [failed(who.finding.what, todo.startsWith("install") ? todo : `pulumi login ${bucket(subject)}`)];
    }
    return [
      backend(who.value.url ?? "", subject),
      ...(await stack(target.stack, world.run("pulumi", "stack", "ls", "--json"))),
    ];
  },
};

function backend(url: string, subject: Subject): Finding {
  if (!url.startsWith("file://")) return ok(`the state is kept in ${url}`);
  return advice(
    `the state is kept in ${url}, on this machine only. Nobody else can deploy, and the state is lost with the machine`,
    `pulumi login ${bucket(subject)}`,
  );
}

async function stack(name: string, answering: Promise<{ exitCode?: number; stdout: string }>): Promise<Finding[]> {
  const { exitCode, stdout } = await answering;
  if (exitCode !== 0) return [];
  const names = namesIn(stdout);
  const known = names.some((entry) => entry.split("/").pop() === name);
  if (known) return [ok(`stack ${name} is in the backend`)];
  return [
    advice(
      `stack ${name} is not in the backend yet`,
      `pulumi stack init ${name} --secrets-provider=… (docs/production.md), or let the first up make it`,
    ),
  ];
}

function namesIn(text: string): string[] {
  try {
    return (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Where the state of a stack of a cloud is kept best, as an argument of `pulumi login`. */
function bucket({ settings }: Subject): string {
  const scheme = cloudOf("cluster", settings.cluster.kind)?.doctor()?.bucketScheme;
  return scheme ? `${scheme}://BUCKET` : "";
}
