import assert from "node:assert/strict";
import { test } from "node:test";
import { redisConf, redisMemory } from "../../../components/data/redisConf";

test("nothing is evicted, everything is appended to the file", () => {
  const conf = redisConf("48mb");
  for (const line of ["appendonly yes", "maxmemory-policy noeviction", "maxmemory 48mb", "aclfile /data/users.acl"]) {
    assert.ok(conf.split("\n").includes(line), line);
  }
});

test("a quantity is spelled as Redis has it", () => {
  assert.equal(redisMemory("48Mi"), "48mb");
  assert.equal(redisMemory("1Gi"), "1gb");
  assert.equal(redisMemory("512Ki"), "512kb");
});
