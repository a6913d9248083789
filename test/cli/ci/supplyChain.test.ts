import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { repository } from "../../support/plan";

// Programs that write down how they are called take the places of trivy, syft and cosign.
const folder = mkdtempSync(join(tmpdir(), "supply-chain-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const calls = join(folder, "calls");
mkdirSync(join(folder, "bin"));

function run(
  references: readonly string[],
  fails: Readonly<Record<string, string>> = {},
  env: Record<string, string> = {},
) {
  writeFileSync(calls, "");
  for (const name of ["trivy", "syft", "cosign"]) {
    const program = join(folder, "bin", name);
    const when = fails[name] ? `case "$*" in ${fails[name]}) exit 1 ;; esac\n` : "";
    writeFileSync(program, `#!/bin/sh\necho "${name} $*" >> ${calls}\n${when}`);
    chmodSync(program, 0o755);
  }
  const list = join(folder, "images.txt");
  writeFileSync(list, references.map((reference) => `${reference}\n`).join(""));
  const { status, stderr } = spawnSync(
    join(repository, ".ci/supply-chain.sh"),
    [list, "https://issuer.example", "^https://forge.example/acme/"],
    { encoding: "utf8", env: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, ...env } },
  );
  const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  return { status, stderr, lines: lines.map((line) => line.replaceAll(/=?\S*\/sbom\.json/g, "=<sbom>")) };
}

const one = `registry.example/panel:src-1@sha256:${"1".repeat(64)}`;
const two = `registry.example/chat:src-2@sha256:${"2".repeat(64)}`;
const scan = "trivy image --scanners vuln --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 --no-progress";
const verify =
  "cosign verify --certificate-oidc-issuer https://issuer.example --certificate-identity-regexp ^https://forge.example/acme/";
const sign = (reference: string) => [
  `syft scan registry:${reference} --output spdx-json=<sbom> --quiet`.replace("spdx-json=<sbom>", "=<sbom>"),
  `cosign attest --yes --type spdxjson --predicate =<sbom> ${reference}`,
  `cosign sign --yes ${reference}`,
];

test("an image without a signature is scanned, gets its list, and is signed last; one that has it is scanned alone", () => {
  const { status, lines } = run([one, two], { cosign: `*verify*${one}` });
  assert.equal(status, 0);
  assert.deepEqual(lines, [`${scan} ${one}`, `${verify} ${one}`, ...sign(one), `${scan} ${two}`, `${verify} ${two}`]);
});

test("a hole that can be mended ends it before anything is signed", () => {
  const { status, lines } = run([one, two], { trivy: `*${one}`, cosign: "*verify*" });
  assert.equal(status, 1);
  assert.deepEqual(lines, [`${scan} ${one}`]);
});

test("a list that cannot be put there leaves the image without a signature", () => {
  const { status, lines } = run([one], { cosign: "*verify*|*attest*" });
  assert.equal(status, 1);
  assert.ok(!lines.some((line) => line.startsWith("cosign sign")));
});

test("without signatures nothing but the scan is called, and a name that can change is never signed", () => {
  assert.deepEqual(run([one], {}, { SIGN_IMAGES: "false" }).lines, [`${scan} ${one}`]);
  const bare = run(["registry.example/panel:src-1"], { cosign: "*verify*" });
  assert.equal(bare.status, 1);
  assert.match(bare.stderr, /has no digest/);
  assert.equal(run([]).status, 0);
});
