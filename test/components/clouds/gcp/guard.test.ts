import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "../../../support/plan";

/**
 * In a process of its own: what fails inside an output is thrown where nobody waits for it (the CLI's host listens there,
 * as this does), which the test runner would count against the test. The cloud is made to find another project before the
 * recorder reads its answers.
 */
const program = `
const { account } = require("./components/clouds/gcp/facts/account");
account["gcp:organizations/project:Project"].answer = () => ({ number: process.env.FOUND_NUMBER });
const { answers } = require("./engine/record/answers");
const made = [];
const answer = answers.newResource;
answers.newResource = (args) => {
  if (args.type.startsWith("gcp:")) made.push(args.name);
  return answer(args);
};
const { gkeAlone, gkeSettings } = require("./test/components/clouds/gcp/alone");
const tell = (message) => process.stdout.write(JSON.stringify({ message, made }), () => process.exit(0));
let told = false;
process.on("unhandledRejection", ({ message }) => told || ((told = true), tell(message)));
gkeAlone(gkeSettings()).then(() => tell(""));
`;

function run(found: string): { message: string; made: string[] } {
  const loader = join(repository, "components/loader.cjs");
  const env = { ...process.env, FOUND_NUMBER: found, NODE_TEST_CONTEXT: undefined };
  const options = { cwd: repository, env, encoding: "utf8" } as const;
  // The SDK ends a process with an error when outputs were never made, as some are here.
  return JSON.parse(spawnSync(process.execPath, ["--require", loader, "--eval", program], options).stdout);
}

test("a project with another number stops the program before anything is made in it", () => {
  const { message, made } = run("999999999999");
  assert.equal(
    message,
    'cluster.projectNumber: project "switchboard-test" has number 999999999999, the settings say 123456789012; correct whichever of cluster.project and cluster.projectNumber is not meant',
  );
  assert.deepEqual(made, ["cluster-project"]);
});

test("the project that is meant is built in", () => {
  const { message, made } = run("123456789012");
  assert.equal(message, "");
  assert.ok(made.includes("cluster-gke"));
});
