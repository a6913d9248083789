// Shows /status.json and asks for it again every two seconds while the page is visible.
const every = 2000;
const $ = (id) => document.getElementById(id);

function duration(seconds) {
  const units = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

function cell(row, text, className) {
  const td = row.insertCell();
  td.className = className ?? "";
  td.append(text);
  return td;
}

function span(text, className) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function pillClass(state) {
  return `pill ${{ ready: "ready", draining: "draining" }[state] ?? "down"}`;
}

function showNodes(nodes) {
  const body = document.createElement("tbody");
  body.id = "nodes";
  for (const node of nodes) {
    const row = body.insertRow();
    const name = cell(row, span(node.name, "name"));
    if (node.self) name.append(span("this node", "self"));
    const state = node.state ?? "no answer";
    cell(row, span(state, pillClass(state)));
    cell(row, node.connections?.toLocaleString("en") ?? "–", "right");
    cell(row, node.memory ? `${Math.round(node.memory / 1048576)} MB` : "–", "right");
    cell(row, node.uptime === undefined ? "–" : duration(node.uptime), "right");
  }
  $("nodes").replaceWith(body);
}

function showBusiest(rooms) {
  $("busiest").hidden = !rooms?.length;
  $("busiest-list").replaceChildren(
    ...(rooms ?? []).map(({ room, connections }) => {
      const item = document.createElement("li");
      const meter = document.createElement("meter");
      meter.max = rooms[0].connections;
      meter.value = connections;
      const count = span(connections, "right");
      item.append(span(room, "name"), meter, count);
      return item;
    }),
  );
}

function show(status) {
  const self = status.nodes.find((node) => node.self);
  $("about").textContent = `Stage ${status.stage} · version ${status.version}`;
  $("health").textContent = self.state;
  $("health").className = pillClass(self.state);
  $("connections").textContent = status.connections.toLocaleString("en");
  $("rooms").textContent = status.rooms.toLocaleString("en");
  $("members").textContent = status.nodes.length;
  showNodes(status.nodes);
  showBusiest(status.busiest);
  $("updated").textContent = `Updated at ${new Date().toLocaleTimeString()}`;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch("/status.json", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    show(await response.json());
  } catch {
    $("health").textContent = "no answer";
    $("health").className = "pill down";
  }
}

refresh();
setInterval(refresh, every);
document.addEventListener("visibilitychange", refresh);
