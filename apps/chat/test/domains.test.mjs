// Parts of a node that end: none costs a connection, and messages go on within and across nodes. Started by test/run.sh.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client } from "./support/client.mjs";
import { ChatNode, eventually, pair, randomUUID, roomName } from "./support/nodes.mjs";

const [one, two, three] = ["127.0.0.31", "127.0.0.32", "127.0.0.33"];
// With a limit, so that there is somebody who watches it. Most clients here say nothing, for as long as it takes to kill
// everything once.
const { common, first, second } = await pair(one, two, {
  MEMORY_LIMIT_BYTES: String(2 ** 30),
  HEARTBEAT_SECONDS: "600",
});

async function rpc(node, code) {
  const { code: status, stdout, stderr } = await node.command(["rpc", code]);
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout.trim();
}

/** Every process that a supervisor of the node keeps, as a path of identifiers from the top. */
const walk = `
  walk = fn walk, supervisor, path ->
    Enum.flat_map(Supervisor.which_children(supervisor), fn {id, process, type, _} ->
      here = path ++ [if(id == :undefined, do: :child, else: id)]
      below = if type == :supervisor and is_pid(process), do: walk.(walk, process, here), else: []
      [{here |> Enum.map(&inspect/1) |> Enum.join(" > "), process} | below]
    end)
  end
  tree = fn -> walk.(walk, Chat.Supervisor, []) end`;

/** Kills a process of the tree and waits until there is a new one in its place; gives how many sockets it cost. */
const kill = (path) => `${walk}
  path = ${JSON.stringify(path)}
  sockets = Chat.Sockets.all()
  {_, old} = List.keyfind(tree.(), path, 0)
  Process.exit(old, :kill)
  wait = fn wait, turn ->
    back = try do
      Chat.Domain.down() == [] and Enum.all?(tree.(), fn {_, process} -> is_pid(process) and process != old end) and
        List.keymember?(tree.(), path, 0)
    catch
      :exit, _ -> false
    end
    cond do
      back -> :ok
      turn == 600 -> raise "not back: " <> path
      true -> Process.sleep(50); wait.(wait, turn + 1)
    end
  end
  wait.(wait, 0)
  IO.puts(Enum.count(sockets, &(not Process.alive?(&1))))`;

/** Says something until it is stored, and waits until the other has it. */
async function deliver(from, to, room) {
  const id = randomUUID();
  await eventually(async () => {
    const since = from.frames.length;
    from.send({ type: "message", room, id, body: "does it arrive" });
    const answer = await from.next(
      (frame) => frame.id === id && frame.type !== "message" && from.frames.indexOf(frame) >= since,
    );
    return answer.type === "ack";
  }, "the message is stored");
  await to.next((frame) => frame.type === "message" && frame.id === id);
}

const troubles = (node) => node.log().filter((line) => /drain|terminated|crashed|down/.test(line.msg));

describe("a room that becomes empty", { concurrency: true }, () => {
  test("ends alone: nobody else notices, and the groups go on", async () => {
    await rpc(first, "Application.put_env(:chat, :room_empty_timeout, 200)");
    const groups = await rpc(first, "IO.inspect(Process.whereis(Chat.Groups))");
    const room = roomName();
    const [ada, far] = [await Client.join(first, room), await Client.join(second, room)];
    // Which of two monitors fires first is a matter of chance where it matters at all.
    for (let n = 0; n < 10; n++) {
      const other = roomName();
      const bob = await Client.join(first, other);
      await bob.close();
      await eventually(
        async () => (await rpc(first, `IO.inspect(Chat.Rooms.process("${other}"))`)) === "nil",
        "the empty room ends",
      );
    }
    await rpc(first, "Application.delete_env(:chat, :room_empty_timeout)");
    assert.deepEqual(troubles(first), []);
    assert.equal(await rpc(first, "IO.inspect(Process.whereis(Chat.Groups))"), groups, "the same process");
    for (const client of [ada, far]) assert.equal(client.socket.readyState, 1);
    await deliver(ada, far, room);
    await deliver(far, ada, room);
    await Promise.all([ada.close(), far.close()]);
  });

  test("does so after half a minute if nobody says otherwise", async () => {
    const node = await new ChatNode(three, { ...common, CLUSTER_PEERS: "" }).start();
    assert.equal(await rpc(node, "IO.inspect(Chat.Rooms.Room.empty_timeout())"), "30000");
    const [room, other] = [roomName(), roomName()];
    const ada = await Client.join(node, room);
    const bob = await Client.join(node, other);
    await bob.close();
    await eventually(
      async () => (await rpc(node, `IO.inspect(Chat.Rooms.process("${other}"))`)) === "nil",
      "the empty room ends",
    );
    assert.deepEqual(troubles(node), []);
    assert.equal(ada.socket.readyState, 1);
    await deliver(ada, ada, room);
    await ada.close();
    await node.stop();
  });
});

test("whichever process of the node is killed, no connection is lost and messages go on", async () => {
  const room = roomName();
  const near = [];
  for (let n = 0; n < 5; n++) near.push(await Client.join(first, room, 0, { claims: { sub: `${n}` } }));
  const far = await Client.join(second, room, 0, { claims: { sub: "far" } });
  const paths = JSON.parse(
    await rpc(first, `${walk}\nIO.puts(Chat.Json.encode(Enum.uniq(for({path, _} <- tree.(), do: path))))`),
  );
  for (const part of [
    "groups",
    "postgres",
    "health",
    "rooms",
    "cluster",
    "sockets",
    "status",
    "listener",
    "revocations",
    "users",
    "Chat.Drain",
  ])
    assert.ok(
      paths.some((path) => path.includes(part)),
      part,
    );

  for (const path of paths) {
    assert.equal(Number(await rpc(first, kill(path))), 0, `connections that the end of ${path} cost`);
    await deliver(near[0], near[4], room);
    await deliver(near[1], far, room);
    await deliver(far, near[2], room);
  }
  console.log(`  ${paths.length} processes killed one after the other`);
  for (const client of [...near, far]) {
    assert.equal(client.socket.readyState, 1);
    assert.ok(client.frames.every((frame) => frame.type !== "drain"));
  }
  assert.ok(first.log().every((line) => line.msg !== "draining"));

  // And what the killed processes knew is known: members, sockets, readiness, new connections, the cluster.
  const late = await Client.join(first, room, 0, { claims: { sub: "late" } });
  await late.next((frame) => frame.type === "presence" && frame.users.length === 7);
  await eventually(async () => (await first.get("/readyz")).status === 200, "ready");
  assert.equal((await first.json("/cluster")).connections, 6);
  assert.equal((await first.json("/status.json")).connections, 7);
  for (const client of near) assert.deepEqual(client.seqs(), late.seqs());
  await Promise.all([...near, late, far].map((client) => client.close()));
});

test("a part that does not come back takes the node out of service, and no connection with it", async () => {
  const ada = await Client.join(first, roomName());
  // Somebody else has the name, so the new process cannot start.
  const squat = `
    keeper = spawn(fn -> receive do: (:go -> :ok) end)
    Process.exit(Process.whereis(Chat.Http.Status), :kill)
    claim = fn claim -> try do Process.register(keeper, Chat.Http.Status) rescue ArgumentError ->
      with pid when is_pid(pid) <- Process.whereis(Chat.Http.Status), do: Process.exit(pid, :kill)
      claim.(claim) end end
    claim.(claim)`;
  await rpc(first, squat);
  await eventually(async () => (await first.get("/readyz")).status === 503, "not ready");
  assert.match((await first.get("/readyz")).text, /not running: status/);
  assert.equal((await first.get("/livez")).status, 200);
  assert.equal(ada.socket.readyState, 1);
  await rpc(first, "send(Process.whereis(Chat.Http.Status), :go)");
  await eventually(async () => (await first.get("/readyz")).status === 200, "ready again");
  assert.equal(ada.socket.readyState, 1);
  await ada.close();
});
