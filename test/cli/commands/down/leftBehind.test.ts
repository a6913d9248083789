import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { leftBehind, withKeptKeys } from "../../../../cli/commands/down/leftBehind";
import { officialMachine } from "../../../support/officialMachine";

const urn = (type: string, name: string) => `urn:pulumi:prod::switchboard::${type}::${name}`;
const resource = (type: string, name: string, state: object) => ({
  urn: urn(type, name),
  type,
  custom: true,
  ...state,
});

const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
const key = resource("aws:kms/key:Key", "cluster-encryption-key", {
  id: "0a1b",
  inputs: { description: "Everything stored of switchboard-prod" },
  outputs: { arn: keyArn },
});
const database = resource("aws:rds/instance:Instance", "postgres-instance", {
  id: "db-1",
  inputs: {
    identifier: "postgres-01ab",
    finalSnapshotIdentifier: "postgres-01ab-final",
    skipFinalSnapshot: false,
    deleteAutomatedBackups: false,
  },
  outputs: { arn: "arn:aws:rds:eu-west-1:123456789012:db:postgres-01ab", identifier: "postgres-01ab" },
});
const valkey = resource("aws:elasticache/replicationGroup:ReplicationGroup", "redis-group", {
  id: "redis-23cd",
  inputs: { finalSnapshotIdentifier: "redis-23cd-final" },
  outputs: { arn: "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:redis-23cd" },
});

const cluster = resource("aws:eks/cluster:Cluster", "cluster-control-plane-cluster", {
  id: "switchboard-prod",
  inputs: { name: "switchboard-prod" },
  outputs: { name: "switchboard-prod", arn: "arn:aws:eks:eu-west-1:123456789012:cluster/switchboard-prod" },
});

describe("what a destroy leaves", () => {
  test("snapshots and backups by their names, and their key last", () => {
    const told = leftBehind(withKeptKeys([key, database, valkey])).map(({ what, todo }) => `${what}: ${todo}`);
    assert.match(told[0]!, /snapshot postgres-01ab-final of RDS.*--region eu-west-1$/);
    assert.match(told[1]!, /automated backups of the database postgres-01ab/);
    assert.match(told[2]!, /snapshot redis-23cd-final of ElastiCache/);
    assert.match(told[3]!, new RegExp(`the key ${keyArn}.*only when none of them is needed`));
    assert.equal(told.length, 4);
  });

  test("the log group that EKS makes anew (terraform-aws-modules/terraform-aws-eks#2446)", () => {
    const [{ what, todo } = { what: "", todo: "" }] = leftBehind([cluster]);
    assert.match(what, /perhaps the log group \/aws\/eks\/switchboard-prod\/cluster/);
    assert.match(todo, /delete-log-group --log-group-name \/aws\/eks\/switchboard-prod\/cluster --region eu-west-1$/);
  });

  test("nothing where nothing is kept", () => {
    const small = { ...database, inputs: { skipFinalSnapshot: true, deleteAutomatedBackups: true } };
    assert.deepEqual(leftBehind([small, { ...valkey, inputs: {} }]), []);
    assert.deepEqual(leftBehind([{ ...database, delete: true }]), []);
  });

  test("a state that says it of every key is left alone", () => {
    const kept = [{ ...key, retainOnDelete: true }, database];
    assert.equal(withKeptKeys(kept), kept);
    const external = [{ ...key, external: true }];
    assert.equal(withKeptKeys(external), external);
  });
});

test("down of a stack of an earlier release marks its key before the destroy, and tells what is left", () => {
  const { switchboard, calls } = officialMachine("true", { resources: [key, database, valkey] });
  const done = switchboard("down", "prod", "--production", "prod", "--yes", "--json");
  assert.equal(done.status, 0, done.stderr);
  const { left } = JSON.parse(done.stdout) as { left: { what: string }[] };
  assert.equal(left.length, 4);
  assert.match(calls(), /^pulumi stack import[\s\S]*^pulumi destroy/m);
  assert.match(calls(), /imported .*"retainOnDelete":true/);
  assert.match(switchboard("down", "prod", "--production", "prod", "--yes").stdout, /Left on purpose[\s\S]*0a1b/);
});
