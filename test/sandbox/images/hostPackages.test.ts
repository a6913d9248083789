import assert from "node:assert/strict";
import { test } from "node:test";
import { aptConfig, aptSources, debianMirrors, npmSettings } from "../../../sandbox/images/hostPackages";

test("Debian's mirrors are told from other repositories by their label", () => {
  const targets = [
    "Debian-Security|http://mirror.example/debian-security/",
    "Debian|http://mirror.example/debian/",
    "Debian|http://mirror.example/debian/",
    "Some tool|https://tools.example/apt/",
    "",
  ].join("\n");
  const mirrors = debianMirrors(targets);
  assert.deepEqual(mirrors, {
    archive: "http://mirror.example/debian",
    security: "http://mirror.example/debian-security",
  });
  const options = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  assert.equal(
    aptSources(mirrors),
    `deb ${options} http://mirror.example/debian bookworm main
deb ${options} http://mirror.example/debian bookworm-updates main
deb ${options} http://mirror.example/debian-security bookworm-security main
`,
  );
  assert.equal(aptSources({ archive: "http://m/d" }).includes("security"), false);
  assert.deepEqual(debianMirrors("Ubuntu|http://ubuntu.example/\n"), { archive: undefined, security: undefined });
});

test("an image gets this machine's proxies, and nothing that names files or programs of this machine", () => {
  const config = aptConfig(
    [
      'APT::Architecture "amd64";',
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";',
      'Acquire::https::CAInfo "/somewhere/ca.pem";',
      'Acquire::http "";',
      'Acquire::Check-Date "false";',
      'DPkg::Post-Invoke:: "rm -f /tmp/x";',
    ].join("\n"),
  );
  assert.match(config, /^Acquire::http::Proxy "http:\/\/proxy\.example:3128";$/m);
  assert.match(config, /^Acquire::Check-Date "false";$/m);
  assert.match(config, /^Acquire::https::CAInfo "\/etc\/apt\/ca\.pem";$/m);
  assert.doesNotMatch(config, /detect|somewhere|Post-Invoke|Architecture/);
});

test("npm in the build uses the same registries and logins; other settings stay out", () => {
  const settings = npmSettings(
    { registry: "https://npm.example/", proxy: null, noproxy: [""], "strict-ssl": true, cache: "/home/a/.npm" },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm's own placeholders
    "//npm.example/:_authToken=${TOKEN}\n@team:registry=https://team.example/\nprefix=/opt/x\n//b.example/:_authToken=${NONE}\n",
    { TOKEN: "t0ken" },
  );
  assert.equal(
    settings,
    `registry=https://npm.example/
strict-ssl=true
//npm.example/:_authToken=t0ken
@team:registry=https://team.example/
//b.example/:_authToken=\${NONE}
cafile=/run/secrets/ca
`,
  );
});
