import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { type LoginPlaces, loginFor } from "../../../components/registry/credentials";

const root = mkdtempSync(join(tmpdir(), "credentials-"));
after(() => rmSync(root, { recursive: true, force: true }));
let home = "";
let count = 0;
beforeEach(() => {
  home = join(root, String(count++));
  mkdirSync(join(home, "bin"), { recursive: true });
});

function file(path: string, value: unknown): string {
  mkdirSync(join(home, path, ".."), { recursive: true });
  writeFileSync(join(home, path), typeof value === "string" ? value : JSON.stringify(value));
  return join(home, path);
}
/** A program of this machine that writes its arguments and its input down and prints something. */
function program(name: string, prints: string, exitCode = 0): void {
  file(
    `bin/${name}`,
    `#!/bin/sh\necho "$* $(cat)" >> ${home}/calls\ncat <<'TEXT'\n${prints}\nTEXT\nexit ${exitCode}\n`,
  );
  chmodSync(join(home, "bin", name), 0o755);
}
const calls = () => readFileSync(join(home, "calls"), "utf8").trim().split("\n");
const places = (env: Record<string, string> = {}): LoginPlaces => ({
  home,
  env: { PATH: `${join(home, "bin")}:/usr/bin:/bin`, ...env },
});
const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

test("Docker's file: a password with colons, a login by URL, Docker Hub by its old name", async () => {
  file(".docker/config.json", {
    auths: {
      "registry.example:5000": auth("me:a:b"),
      "https://other.example/v1/": { username: "you", password: "p" },
      "https://index.docker.io/v1/": auth("hub:h"),
      "token.example": { ...auth("me:unused"), identitytoken: "refresh" },
    },
  });
  assert.deepEqual(await loginFor("registry.example:5000", places()), { username: "me", password: "a:b" });
  assert.deepEqual(await loginFor("other.example", places()), { username: "you", password: "p" });
  assert.deepEqual(await loginFor("docker.io", places()), { username: "hub", password: "h" });
  assert.deepEqual(await loginFor("token.example", places()), { identityToken: "refresh" });
  assert.equal(await loginFor("nobody.example", places()), undefined);
});

test("podman's files count where Docker's say nothing, and a named file before both", async () => {
  file(".docker/config.json", { auths: { "a.example": auth("docker:1") } });
  const runtime = file("run/containers/auth.json", {
    auths: { "a.example": auth("podman:1"), "b.example": auth("podman:2") },
  });
  file(".config/containers/auth.json", { auths: { "c.example": auth("podman:3") } });
  const env = { XDG_RUNTIME_DIR: join(runtime, "../..") };
  assert.deepEqual(await loginFor("a.example", places(env)), { username: "docker", password: "1" });
  assert.deepEqual(await loginFor("b.example", places(env)), { username: "podman", password: "2" });
  assert.deepEqual(await loginFor("c.example", places(env)), { username: "podman", password: "3" });
  const named = file("named.json", { auths: { "a.example": auth("named:4") } });
  assert.deepEqual(await loginFor("a.example", places({ ...env, REGISTRY_AUTH_FILE: named })), {
    username: "named",
    password: "4",
  });
  const folder = join(file("elsewhere/config.json", { auths: { "a.example": auth("moved:5") } }), "..");
  assert.deepEqual(await loginFor("a.example", places({ DOCKER_CONFIG: folder })), {
    username: "moved",
    password: "5",
  });
});

test("a credential helper is asked by its protocol: for one registry, or as the store of all", async () => {
  file(".docker/config.json", {
    auths: { "store.example": {} },
    credHelpers: { "helped.example": "one" },
    credsStore: "all",
  });
  program("docker-credential-one", '{"ServerURL":"helped.example","Username":"u","Secret":"s"}');
  program("docker-credential-all", '{"ServerURL":"store.example","Username":"<token>","Secret":"refresh"}');
  assert.deepEqual(await loginFor("helped.example", places()), { username: "u", password: "s" });
  assert.deepEqual(await loginFor("store.example", places()), { identityToken: "refresh" });
  assert.deepEqual(calls(), ["get helped.example", "get store.example"]);
});

test("a helper that has nothing, is not there, or has a name that is none leaves it to what is stored", async () => {
  file(".docker/config.json", {
    auths: { "a.example": auth("me:1"), "b.example": auth("me:2"), "c.example": auth("me:3") },
    credHelpers: { "a.example": "none", "b.example": "missing", "c.example": "../../bin/sh" },
  });
  program("docker-credential-none", "credentials not found in native keychain", 1);
  for (const [index, registry] of ["a.example", "b.example", "c.example"].entries()) {
    assert.deepEqual(await loginFor(registry, places()), { username: "me", password: String(index + 1) });
  }
});

test("Amazon's and Google's registries take a token of whoever is logged in there, in the registry's region", async () => {
  program("aws", "amazon-token");
  program("gcloud", "google-token");
  const amazon = { username: "AWS", password: "amazon-token" };
  const google = { username: "oauth2accesstoken", password: "google-token" };
  // Also of another account or project: the token is the person's, the right is the repository's.
  assert.deepEqual(await loginFor("123456789012.dkr.ecr.eu-west-1.amazonaws.com", places()), amazon);
  assert.deepEqual(await loginFor("210987654321.dkr.ecr-fips.us-gov-west-1.amazonaws.com", places()), amazon);
  assert.deepEqual(await loginFor("210987654321.dkr-ecr.eu-central-1.on.aws", places()), amazon);
  assert.deepEqual(await loginFor("europe-west1-docker.pkg.dev", places()), google);
  assert.deepEqual(await loginFor("eu.gcr.io", places()), google);
  assert.deepEqual(
    calls().map((line) => line.trim()),
    [
      "ecr get-login-password --region eu-west-1",
      "ecr get-login-password --region us-gov-west-1",
      "ecr get-login-password --region eu-central-1",
      "auth print-access-token --quiet",
      "auth print-access-token --quiet",
    ],
  );
  // A name that only looks like one of theirs gets no token of theirs.
  for (const name of [
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
    "evil-docker.pkg.dev.example",
    "xgcr.io",
  ]) {
    assert.equal(await loginFor(name, places()), undefined, name);
  }
});

test("a file that is no JSON says nothing", async () => {
  file(".docker/config.json", "{");
  assert.equal(await loginFor("registry.example", places()), undefined);
});

test("a login for a part of a registry goes before the registry's, and the stack's own only where there is none", async () => {
  file(".config/containers/auth.json", {
    auths: { "a.example": auth("all:1"), "a.example/team": auth("team:2"), "a.example/team/app": auth("app:3") },
  });
  const given = {
    "a.example": { username: "stack", password: "4" },
    "b.example": { username: "stack", password: "5" },
    "b.example/team": { username: "part", password: "6" },
  };
  const login = async (registry: string, name: string) => {
    const found = await loginFor(registry, { ...places(), given }, name);
    return found && "username" in found ? `${found.username}:${found.password}` : undefined;
  };
  assert.equal(await login("a.example", "team/app"), "app:3");
  assert.equal(await login("a.example", "team/other"), "team:2");
  assert.equal(await login("a.example", "teams/app"), "all:1");
  assert.equal(await login("b.example", "team/app"), "part:6");
  assert.equal(await login("b.example", "app"), "stack:5");
  assert.equal(await login("c.example", "app"), undefined);
});
