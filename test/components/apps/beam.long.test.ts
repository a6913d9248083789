import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { smallConfig } from "../../support/config";
import { plan } from "../../support/plan";
import { layerKey } from "../../support/project";

const folder = mkdtempSync(join(tmpdir(), "switchboard-beam-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** An authority and a certificate of it, as `ServerTls` makes them: for the Service's name, and no address. */
function nodeTls(name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: made });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...ec, "-days", "2", "-subj", `/CN=${name}`, "-keyout", "ca.key", "-out", "ca.crt");
  openssl(
    "req",
    ...ec,
    "-subj",
    "/CN=talk-web",
    "-addext",
    "subjectAltName=DNS:talk-web",
    "-keyout",
    "tls.key",
    "-out",
    "csr",
  );
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy", "-days", "2"];
  openssl("x509", "-req", "-in", "csr", ...signed, "-out", "tls.crt");
  return made;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

test("real nodes with these flags join by TLS with the cluster's cookie and authority, and with no other", async () => {
  const talk = {
    image: "registry.example/talk:1",
    processes: { web: { port: 4000, replicas: 2, cluster: { kind: "beam" } } },
  };
  const update = await plan({ ...smallConfig(), [layerKey("apps")]: { talk } }, { preview: false });
  const [container] = update.named("kubernetes:apps/v1:Deployment", "talk-web-deployment").inputs.spec.template.spec
    .containers;
  const { value: flags } = container.env.find(({ name }: any) => name === "ERL_AFLAGS");
  const conf = update.named("kubernetes:core/v1:ConfigMap", "talk-web-beam-tls-config").inputs.data["dist-tls.conf"];
  const port = String(await freePort());
  /** Arguments and environment of a node as a release's script starts it. Each has an address, as each pod has. */
  const node = (name: string, address: string, tls: string, cookie: string, run: string) => {
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, conf.replaceAll("/run/secrets/node-tls", tls));
    const own = flags.replace("9100", port).replace("/run/secrets/distribution/dist-tls.conf", file);
    const bound = ["-kernel", "inet_dist_use_interface", `{${address.replaceAll(".", ",")}}`];
    return {
      args: ["-noinput", ...bound, "-name", `talk@${address}`, "-setcookie", cookie, "-eval", run],
      env: { ...process.env, HOME: folder, ERL_AFLAGS: own },
    };
  };
  const [right, other] = [nodeTls("right"), nodeTls("other")];
  const first = node("first", "127.0.0.2", right, "one-cookie", 'io:format("up~n").');
  const running = spawn("erl", first.args, { env: first.env, stdio: ["ignore", "pipe", "ignore"] });
  try {
    await once(running.stdout, "data");
    const joins = async (tls: string, cookie: string) => {
      const run = "io:format(\"~p~n\", [net_kernel:connect_node('talk@127.0.0.2')]), halt().";
      const { args, env } = node("second", "127.0.0.3", tls, cookie, run);
      const { stdout } = await promisify(execFile)("erl", args, { env });
      return /^(true|false)$/m.exec(stdout)?.[0];
    };
    assert.equal(await joins(right, "one-cookie"), "true");
    assert.equal(await joins(other, "one-cookie"), "false");
    assert.equal(await joins(right, "other-cookie"), "false");
  } finally {
    running.kill("SIGKILL");
    await once(running, "exit");
  }
});
