import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { dnsLabel, imageVersion, labelValue, selectorLabels, shortHash, standardLabels } from "../../components/naming";

test("the version of an image is its tag, or the start of its digest", () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  assert.equal(imageVersion("registry.example:5000/team/panel:1.2.3"), "1.2.3");
  assert.equal(imageVersion(`registry.example/team/panel:1.2.3@${digest}`), "1.2.3");
  assert.equal(imageVersion(`registry.example:5000/team/panel@${digest}`), "abababababab");
  assert.equal(imageVersion("registry.example:5000/team/panel"), "untagged");
});

test("selectors hold neither version nor stage, labels hold both", () => {
  const identity = { name: "panel", component: "web" };
  assert.deepEqual(Object.keys(selectorLabels(identity)), ["app.kubernetes.io/name", "app.kubernetes.io/component"]);
  const labels = standardLabels(identity, { stage: "dev", version: "1.2.3" });
  assert.equal(labels["app.kubernetes.io/version"], "1.2.3");
  assert.equal(labels["switchboard.dev/stage"], "dev");
});

test("any text becomes a valid label value", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.match(labelValue(text), /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
      assert.ok(labelValue(text).length <= 63);
    }),
  );
});

test("a name that is too long is cut to 63 characters and stays different from its neighbours", () => {
  const long = "a".repeat(80);
  assert.equal(dnsLabel("short"), "short");
  assert.equal(dnsLabel(long).length, 63);
  assert.notEqual(dnsLabel(`${long}1`), dnsLabel(`${long}2`));
});

test("equal values have equal hashes, and the boundary between values counts", () => {
  assert.equal(shortHash("a", ["b"]), shortHash("a", ["b"]));
  assert.notEqual(shortHash("ab", "c"), shortHash("a", "bc"));
});
