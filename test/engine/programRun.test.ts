import assert from "node:assert/strict";
import { test } from "node:test";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { programRun } from "../../engine/programRun";

function request(dryRun: boolean): RunRequest {
  const info = new ProgramInfo().setRootDirectory("/p").setProgramDirectory("/p/app").setEntryPoint(".");
  const run = new RunRequest()
    .setProject("switchboard")
    .setStack("dev")
    .setOrganization("organization")
    .setMonitorAddress("127.0.0.1:1")
    .setPwd("/p")
    .setParallel(4)
    .setDryrun(dryRun)
    .setConfigsecretkeysList(["switchboard:password"])
    .setInfo(info);
  run.getConfigMap().set("switchboard:password", "p");
  return run;
}

test("a program gets what the SDK's runner wants", () => {
  const options = { typescript: false, nodeargs: "--require ./components/loader.cjs" };
  const { args, env, cwd } = programRun(request(true), options, "/runner", "127.0.0.1:2");
  assert.deepEqual(args, [
    ...["--require", "./components/loader.cjs", "/runner"],
    ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--organization", "organization"],
    ...["--project", "switchboard", "--root-directory", "/p", "--stack", "dev", "--pwd", "/p", "--parallel", "4"],
    ...["--dry-run", "."],
  ]);
  assert.equal(env.PULUMI_CONFIG, '{"switchboard:password":"p"}');
  assert.equal(env.PULUMI_CONFIG_SECRET_KEYS, '["switchboard:password"]');
  assert.equal(env.PULUMI_NODEJS_TYPESCRIPT, "false");
  assert.equal(cwd, "/p/app");
});

test("no configuration value is in the arguments, which every user of the machine can read", () => {
  const { args } = programRun(request(false), {}, "/runner", "");
  assert.equal(args.includes("p"), false);
  assert.equal(args.includes("--dry-run"), false);
});

test("TypeScript is on unless the project switches it off", () => {
  const typescript = (options: object) =>
    programRun(request(false), { ...options }, "r", "").env.PULUMI_NODEJS_TYPESCRIPT;
  assert.equal(typescript({}), "true");
  assert.equal(typescript({ typescript: "false" }), "false");
});
