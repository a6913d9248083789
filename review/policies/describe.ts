import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { subjects } from ".";
import type { Rule } from "./model";

/** `docs/policies.md`: every rule with what it demands, why, and who says so too. */
export function policiesReference(): string {
  const rules = subjects.flatMap((subject) => subject.rules);
  const mandatory = rules.filter(({ level }) => level === "mandatory").length;
  const parts = subjects.map(({ title, rules: own }) => `## ${title}\n\n${table(own)}`);
  return `# Policies

Made from the rules in \`review/policies\` by \`node --require ./components/loader.cjs review/policies/describe.ts\`; change them there.

${rules.length} rules that every stack keeps to. ${mandatory} are mandatory: a preview that breaks one fails. ${rules.length - mandatory} are advisory: they are shown.
Each is written once and asked in three places:

- \`npm test\`, of every committed stack;
- the engine, before it changes anything: \`pulumi preview --policy-pack review/policyPack\`, and \`pulumi up\` likewise;
- the pull request's comment, of what the change would leave behind.

A *protected* stack is one with \`operations.protect\`. What is not known before an \`up\`, and what is secret, is never complained
of: the engine asks again when it knows. Findings name the property, its value, and the setting or the file that changes it.

Numbers of CIS benchmarks are those of AWS Foundations 3.0, Google Cloud 3.0, EKS 1.5, GKE 1.6 and Kubernetes 1.9. Other
editions have other numbers.

${parts.join("\n")}`;
}

function table(rules: readonly Rule[]): string {
  const rows = rules.map(({ name, level, description, why, source }) =>
    [`\`${name}\``, level, description, why, source].map((cell) => cell.replaceAll("|", "\\|")).join(" | "),
  );
  return `| Rule | Level | Demands | Why | Source |\n|---|---|---|---|---|\n${rows.map((row) => `| ${row} |`).join("\n")}\n`;
}

/** Brings docs/policies.md up to date with the rules. */
function main(root: string): void {
  const path = join(root, "docs", "policies.md");
  writeFileSync(path, policiesReference());
  process.stdout.write(`${path} is up to date\n`);
}

if (require.main === module) main(resolve(__dirname, "../.."));
