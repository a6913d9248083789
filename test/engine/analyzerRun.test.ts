import assert from "node:assert/strict";
import { test } from "node:test";
import { ProgramInfo, RunPluginRequest } from "@pulumi/pulumi/proto/language_pb";
import { analyzerRun } from "../../engine/analyzerRun";

test("a policy pack runs in its own folder, with the engine's address and environment and without its flags", () => {
  const request = new RunPluginRequest()
    .setPwd("/program")
    .setArgsList(["-logtostderr", "-v=9", "127.0.0.1:4000"])
    .setEnvList(["A=b=c", "EMPTY="])
    .setInfo(new ProgramInfo().setProgramDirectory("/program/ops/policyPack"));
  assert.deepEqual(analyzerRun(request, "/sdk/run-policy-pack.js"), {
    args: ["/sdk/run-policy-pack.js", "127.0.0.1:4000", "/program/ops/policyPack"],
    env: { A: "b=c", EMPTY: "" },
    cwd: "/program/ops/policyPack",
  });
});
