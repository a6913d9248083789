import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiAnswer } from "../../../cli/cluster/apiProxy";
import { type LogsRequest, showLogs } from "../../../cli/logs";
import { FakeApi, FakeContainer, labels } from "./fakeApi";

const tiers: readonly string[] = ["edge", "panel", "workers", "chat", "jobs"];
const clock = (second: number, fraction = 0) =>
  `2026-11-21T07:44:${String(second).padStart(2, "0")}.${String(fraction).padStart(9, "0")}Z`;

/** Shows logs of a fake cluster and keeps what was shown. */
function show(api: FakeApi, request: Partial<LogsRequest> = {}) {
  const texts: string[] = [];
  const notes: string[] = [];
  const controller = new AbortController();
  const done = showLogs(
    { tiers, wanted: {}, follow: false, previous: false, ...request },
    {
      ...{ api, namespace: "switchboard", signal: controller.signal },
      emit: ({ pod, text }) => texts.push(`${pod}:${text}`),
      note: (line) => notes.push(line),
    },
  );
  const until = async (what: string, fits: () => boolean) => {
    for (let left = 400; left > 0 && !fits(); left--) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(fits(), `${what}: ${JSON.stringify({ texts, notes })}`);
  };
  const stop = async () => {
    controller.abort();
    return done;
  };
  return { texts, notes, done, until, stop };
}

function pair() {
  const api = new FakeApi();
  const panel = new FakeContainer("panel-1", labels("panel", "web"));
  const chat = new FakeContainer("chat-1", labels("chat", "socket"));
  api.add(panel);
  api.add(chat);
  return { api, panel, chat };
}

test("a look: everything of the wanted tiers, in order, and then the end", async () => {
  const { api, panel, chat } = pair();
  const postgres = new FakeContainer("postgres-0", labels("postgres", "server"));
  api.add(postgres);
  postgres.say(clock(1), "not wanted");
  panel.say(clock(1), "one");
  chat.say(clock(2), "two");
  panel.say(clock(3), "three");
  const { texts, done } = show(api);
  assert.deepEqual(await done, { lines: 3, pods: 2 });
  assert.deepEqual(texts, ["panel-1:one", "chat-1:two", "panel-1:three"]);
});

test("a request goes on in its socket, also where the edge tells of that first", async () => {
  const { api, panel, chat } = pair();
  const edge = new FakeContainer("edge-1", labels("edge", "proxy"));
  api.add(edge);
  const [request, socket] = ["5f2b0c3d9e7a41b8", "aaaa0c3d9e7a41b8"];
  const opened = JSON.stringify({ msg: "socket opened", requestId: socket, tokenRequestId: request });
  const access = JSON.stringify({ request_id: socket, path: "/socket" });
  panel.say(clock(1), JSON.stringify({ requestId: request, msg: "request" }));
  edge.say(clock(2, 100), access);
  chat.say(clock(2, 900), opened);
  chat.say(clock(9), JSON.stringify({ requestId: "another", msg: "socket closed" }));
  const { done, texts } = show(api, { wanted: { request } });
  assert.deepEqual(await done, { lines: 3, pods: 3 });
  assert.deepEqual(texts.slice(1), [`edge-1:${access}`, `chat-1:${opened}`]);

  const followed = show(api, { wanted: { request }, follow: true, sinceTime: clock(20) });
  await followed.until("the logs are read", () => chat.streams.size + edge.streams.size === 2);
  const [nextAccess, nextOpened] = [access, opened].map((line) => line.replace(socket, "bbbb0c3d9e7a41b8"));
  edge.say(clock(30), nextAccess!);
  chat.say(clock(30, 900), nextOpened!);
  await followed.until("both lines", () => followed.texts.length === 2);
  assert.deepEqual(followed.texts, [`edge-1:${nextAccess}`, `chat-1:${nextOpened}`]);
  await followed.stop();
});

test("the last lines are the last in all, after the filters", async () => {
  const { api, panel, chat } = pair();
  for (let second = 1; second <= 6; second++) (second % 2 ? panel : chat).say(clock(second), `${second}`);
  const last = show(api, { tail: 2 });
  await last.done;
  assert.deepEqual(last.texts, ["panel-1:5", "chat-1:6"]);
  // No container needs to give more than that; with a filter it has to give all.
  assert.ok(api.asked.some((path) => path.includes("tailLines=2")));
  api.asked.length = 0;
  const filtered = show(api, { tail: 1, wanted: { grep: /1|3/ } });
  await filtered.done;
  assert.deepEqual(filtered.texts, ["panel-1:3"]);
  assert.ok(!api.asked.some((path) => path.includes("tailLines")));
});

test("following: what comes is added, a pod that starts joins from its first line, a pod that ends is left", async () => {
  const { api, panel, chat } = pair();
  panel.say(clock(1), "before");
  const { texts, until, stop } = show(api, { follow: true, sinceTime: clock(0) });
  await until("both are followed", () => panel.streams.size + chat.streams.size === 2);
  chat.say(clock(2), "live");
  await until("a live line", () => texts.includes("chat-1:live"));
  const late = new FakeContainer("panel-2", labels("panel", "web"));
  late.say(clock(3), "its first");
  api.add(late);
  await until("the first line of the new pod", () => texts.includes("panel-2:its first"));
  chat.end();
  api.tell("MODIFIED", chat);
  api.remove(chat);
  late.say(clock(4), "goes on");
  await until("the others go on", () => texts.includes("panel-2:goes on"));
  await stop();
  assert.deepEqual(texts, ["panel-1:before", "chat-1:live", "panel-2:its first", "panel-2:goes on"]);
});

test("a connection that breaks is made again; no line is lost and none comes twice, also within one second", async () => {
  const { api, panel } = pair();
  const { texts, until, stop } = show(api, { follow: true, sinceTime: clock(0) });
  await until("followed", () => panel.streams.size === 1);
  panel.say(clock(1, 5), "a");
  panel.say(clock(1, 5), "b");
  await until("b", () => texts.includes("panel-1:b"));
  panel.breakOff();
  // In the same second as what was read, even in the same nanosecond.
  panel.say(clock(1, 5), "c");
  panel.say(clock(1, 6), "d");
  await until("followed again", () => panel.streams.size === 1);
  panel.say(clock(2), "e");
  await until("e", () => texts.includes("panel-1:e"));
  await stop();
  assert.deepEqual(
    texts,
    ["a", "b", "c", "d", "e"].map((text) => `panel-1:${text}`),
  );
});

test("a container that is started again is followed again", async () => {
  const { api, panel } = pair();
  const { texts, until, stop } = show(api, { follow: true, sinceTime: clock(0) });
  await until("followed", () => panel.streams.size === 1);
  panel.say(clock(1), "last words");
  panel.end();
  api.tell("MODIFIED", panel);
  // The new instance has a log of its own.
  panel.lines.length = 0;
  Object.assign(panel, { instance: "containerd://2", running: true, restarts: 1 });
  panel.say(clock(2), "here again");
  api.tell("MODIFIED", panel);
  await until("the new instance", () => texts.includes("panel-1:here again"));
  await stop();
  assert.deepEqual(texts, ["panel-1:last words", "panel-1:here again"]);
});

test("a watch that ends is begun again; a cluster that goes away is told once, and when it is back", async () => {
  const { api, panel } = pair();
  const { texts, notes, until, stop } = show(api, { follow: true, sinceTime: clock(0) });
  await until("watched", () => api.watches.size === 1 && panel.streams.size === 1);
  api.away = 0;
  for (const watch of api.watches) watch.destroy(new Error("read ECONNRESET"));
  panel.breakOff();
  await until("told", () => notes.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(notes.length, 1);
  const late = new FakeContainer("panel-2", labels("panel", "web"));
  api.containers.push(late);
  late.say(clock(3), "while nobody looked");
  api.away = undefined;
  await until("told again", () => notes.length === 2);
  await until("what was missed", () => texts.includes("panel-2:while nobody looked"));
  assert.match(notes[0]!, /cannot be reached/);
  assert.match(notes[1]!, /can be reached again/);
  await stop();
});

test("what is forbidden is not tried again", async () => {
  const { api } = pair();
  api.away = 403;
  await assert.rejects(show(api, { follow: true }).done, (error) => error instanceof ApiAnswer && error.status === 403);
});

test("the log of a pod that goes meanwhile is left out, and a node that is away hides no other", async () => {
  const { api, panel, chat } = pair();
  panel.say(clock(1), "one");
  chat.say(clock(2), "two");
  const open = api.open.bind(api);
  api.open = async (path, signal) => {
    if (path.includes("panel-1")) throw new ApiAnswer(500, "dial tcp 10.0.0.1:10250: no route to host");
    return open(path, signal);
  };
  const { texts, notes, done } = show(api);
  await done;
  assert.deepEqual(texts, ["chat-1:two"]);
  assert.deepEqual(notes, ["panel-1: dial tcp 10.0.0.1:10250: no route to host"]);
});

test("the time before a restart is asked of those that were started again, and of no other", async () => {
  const { api, panel } = pair();
  panel.restarts = 2;
  await show(api, { previous: true }).done;
  const logs = api.asked.filter((path) => path.includes("/log?"));
  assert.equal(logs.length, 1);
  assert.match(logs[0]!, /panel-1\/log\?.*previous=true/);
});
