import assert from "node:assert/strict";
import { test } from "node:test";
import { readTarget, targetOf } from "../../../engine/stack/target";
import { layerKey } from "../../support/project";

const file = "Pulumi.x.yaml";

test("a stack goes to the local nodes when it names their context or none", () => {
  assert.ok(targetOf("config: {}", file).local);
  assert.ok(targetOf(`config:\n  ${layerKey("cluster")}: { kind: existing, context: switchboard-local }`, file).local);
});

test("any other context or kind is somebody else's cluster", () => {
  assert.deepEqual(targetOf(`config:\n  ${layerKey("cluster")}: { kind: existing, context: kind-dev }`, file), {
    local: false,
    context: "kind-dev",
    ports: { https: 8443, http: 8080 },
  });
  const made = (kind: string) => targetOf(`config:\n  ${layerKey("cluster")}: { kind: ${kind} }`, file);
  assert.deepEqual([made("gke").local, made("gke").cloud], [false, "gcp"]);
  assert.deepEqual([made("eks").local, made("eks").cloud], [false, "aws"]);
  assert.deepEqual([made("azure").local, made("azure").cloud], [false, undefined]);
});

test("the loopback ports are those of the stack's addresses", () => {
  const ports = (edge: string) => targetOf(`config:\n  ${layerKey("edge")}: ${edge}`, file).ports;
  assert.deepEqual(ports("{ httpsPort: 9443, httpPort: 9080 }"), { https: 9443, http: 9080 });
  assert.deepEqual(ports("{ httpsPort: 99999, httpPort: eighty }"), { https: 8443, http: 8080 });
});

test("a file that is no YAML and a stack without a file are refused", () => {
  assert.throws(() => targetOf("config: [", file), /Pulumi\.x\.yaml is no YAML/);
  assert.throws(() => readTarget("nosuch"), /Pulumi\.nosuch\.yaml does not exist/);
  assert.throws(() => readTarget("../x"), /is no name of a stack/);
});
