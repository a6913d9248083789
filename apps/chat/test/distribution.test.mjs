// Nodes that talk to each other by TLS. Started by test/run.sh.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { connect } from "node:tls";
import { Client } from "./support/client.mjs";
import { ChatNode, cluster, killAll, roomName, together } from "./support/nodes.mjs";

const [one, two, three] = ["127.0.0.81", "127.0.0.82", "127.0.0.83"];
const folder = (authority) => join(process.env.CHAT_TEST_WORK, `dist-${authority}`);

after(killAll);

test("with certificates nodes and consoles speak TLS, and whoever has none of this authority stays outside", async () => {
  const common = { ...(await cluster(one, two, three)), DIST_TLS_DIR: folder("ca") };
  const [first, second] = await Promise.all([new ChatNode(one, common).start(), new ChatNode(two, common).start()]);
  await together(2, first, second);
  const room = roomName();
  const [ada, bob] = [await Client.join(first, room), await Client.join(second, room)];
  const { seq } = await ada.say(room, "in private");
  await bob.next((frame) => frame.type === "message" && frame.seq === seq);
  const members = async (settings) =>
    first.command(["rpc", 'IO.puts(Enum.join(Chat.Cluster.members(), " "))'], settings);
  assert.equal((await members()).stdout.trim(), `chat@${one} chat@${two}`);

  // On the wire it is TLS that wants a certificate, and nothing else.
  const bare = connect({ host: one, port: Number(common.DIST_PORT), rejectUnauthorized: false });
  const [refusal] = await once(bare, "error");
  assert.match(String(refusal), /certificate required|handshake failure/i);
  const clear = createConnection({ host: one, port: Number(common.DIST_PORT) });
  let answer = "";
  clear.on("data", (data) => (answer += data.toString("latin1")));
  clear.on("error", () => {});
  // The first message of the distribution in clear: "send name".
  clear.write(Buffer.concat([Buffer.from([0, 21]), Buffer.from("N\0\0\0\0\0\0\0\0\0\0\0\0\0\x06abc@de", "latin1")]));
  await once(clear, "close");
  assert.ok(!answer.startsWith("\0\x03sok"), "no answer in clear");

  // The cookie is right, the certificate is not: neither a console nor a node comes in.
  for (const DIST_TLS_DIR of [folder("other-ca"), ""]) {
    assert.notEqual((await members({ DIST_TLS_DIR })).code, 0);
    const stranger = await new ChatNode(three, { ...common, DIST_TLS_DIR }).start();
    const tried = await stranger.command(["rpc", `IO.inspect(:net_kernel.connect_node(:"chat@${one}"))`]);
    assert.equal(tried.stdout.trim().split("\n").at(-1), "false", tried.stderr);
    assert.equal((await stranger.json("/cluster")).nodes.length, 1);
    const late = await Client.join(stranger, room, 0);
    assert.deepEqual(late.seqs(), [seq]);
    assert.equal((await first.json("/cluster")).nodes.length, 2);
    await late.close();
    await stranger.stop("SIGKILL");
  }

  const missing = await first.command(["start"], { DIST_TLS_DIR: "/nowhere" });
  assert.match(missing.stderr, /DIST_TLS_DIR is '\/nowhere', where ca.crt cannot be read/);
  await Promise.all([ada.close(), bob.close()]);
});
