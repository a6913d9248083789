import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { aclFile, redisConf, redisMemory } from "../../../components/data/redisConf";

test("nothing is evicted, everything is appended to the file", () => {
  const conf = redisConf("48mb");
  for (const line of [
    "appendonly yes",
    "maxmemory-policy noeviction",
    "maxmemory 48mb",
    "aclfile /run/secrets/redis/users.acl",
  ]) {
    assert.ok(conf.split("\n").includes(line), line);
  }
});

test("a quantity is spelled as Redis has it", () => {
  assert.equal(redisMemory("48Mi"), "48mb");
  assert.equal(redisMemory("1Gi"), "1gb");
  assert.equal(redisMemory("512Ki"), "512kb");
});

test("the ACL file holds a digest and not the password, and the default user is off", () => {
  const acl = aclFile([{ name: "panel", prefix: "", password: "correct-horse" }]);
  assert.ok(!acl.includes("correct-horse"));
  assert.ok(acl.includes(createHash("sha256").update("correct-horse").digest("hex")));
  assert.match(acl, /^user default off$/m);
  assert.match(acl, /^user probe on nopass -@all \+ping$/m);
  assert.match(acl, /-flushall/);
});
