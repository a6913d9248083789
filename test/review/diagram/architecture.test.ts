import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fromPlan } from "../../../engine/resources/fromPlan";
import type { Resource } from "../../../engine/resources/resource";
import { architectureOf, mermaidOf, svgOf } from "../../../review/diagram";
import type { Architecture } from "../../../review/diagram/model";
import { internet } from "../../../review/diagram/model";
import { committedStacks, plan, repository, stackConfig } from "../../support/plan";
import { layerKey } from "../../support/project";

const stacks = new Map<string, { resources: Resource[]; architecture: Architecture }>();

before(async () => {
  for (const stack of committedStacks) {
    const resources = fromPlan(await plan(stackConfig(stack), { stack, preview: true }));
    stacks.set(stack, { resources, architecture: architectureOf(resources) });
  }
});

const portsOf = (stack: string, from: string, to: string) =>
  stacks.get(stack)!.architecture.arrows.find((entry) => entry.from === from && entry.to === to)?.ports;
const boxOf = (stack: string, id: string) => stacks.get(stack)!.architecture.boxes.find((entry) => entry.id === id);

describe("the architecture is read from the program's own resources", () => {
  test("of the development stack", () => {
    assert.deepEqual(portsOf("dev", internet, "balancer"), [8080, 8443]);
    assert.deepEqual(portsOf("dev", "balancer", "edge-proxy"), [8080, 8443]);
    assert.equal(portsOf("dev", internet, "edge-proxy"), undefined);
    assert.deepEqual(portsOf("dev", "edge-proxy", "panel-web"), [3000]);
    assert.deepEqual(portsOf("dev", "chat-socket", "chat-socket"), [9100]);
    assert.deepEqual(portsOf("dev", "panel-worker", "redis-server"), [6379]);
    assert.equal(portsOf("dev", "chat-socket", "redis-server"), undefined);
    assert.deepEqual(boxOf("dev", "chat-socket")?.details, ["2 pods, Deployment"]);
    assert.deepEqual(boxOf("dev", "postgres-server")?.details, ["1 pod, StatefulSet", "volume of 1Gi"]);
    assert.deepEqual(stacks.get("dev")!.architecture.cluster, { title: "Kubernetes, switchboard-local", pools: [] });
  });

  test("and a name that is longer than its box is drawn narrower, or ends in an ellipsis", async () => {
    const config: any = stackConfig("dev");
    const daily = { cron: "0 4 * * *", command: ["true"] };
    config[layerKey("panel")].schedules = { now: daily, "monthly-invoices": daily, [`x${"y".repeat(45)}`]: daily };
    const svg = svgOf(fromPlan(await plan(config)));
    const drawn = (start: string) =>
      svg.match(new RegExp(`<text class="name"[^>]*>panel · schedule-${start}[^<]*`))![0];
    assert.doesNotMatch(drawn("now"), /textLength/);
    assert.match(drawn("monthly"), /textLength="188".*monthly-i/);
    assert.match(drawn("xyy"), /textLength="188".*y…$/);
  });

  test("with what the settings let pods connect to", async () => {
    const config = stackConfig("dev");
    const service = { namespace: "mail", podLabels: { app: "relay" } };
    const schedules = { report: { cron: "0 6 * * *", command: ["node"], egress: [{ to: "internet" }] } };
    const egress = [
      { to: "internet", ports: [443, 587] },
      { to: "10.20.0.0/16", ports: [5671] },
      { service, ports: [1025] },
    ];
    Object.assign(config[layerKey("panel")] as object, { egress, schedules });
    const resources = fromPlan(await plan(config));
    const { boxes, arrows } = architectureOf(resources);
    const titles = boxes.filter(({ id }) => id.startsWith("egress:")).map(({ title, inside }) => [title, inside]);
    assert.deepEqual(titles, [
      ["10.20.0.0/16", false],
      ["Internet", false],
      ["namespace mail", false],
    ]);
    const out = arrows.filter(({ to }) => to.startsWith("egress:"));
    assert.deepEqual(
      out.filter(({ from }) => from === "panel-web").map(({ ports }) => ports),
      [[5671], [443, 587], [1025]],
    );
    assert.ok(!out.some(({ from }) => from === "chat-socket"));
    for (const title of titles) assert.ok(svgOf(resources).includes(`>${title[0]}<`), String(title));
    // What ends by itself has a port of its own here, so its line says which.
    assert.equal([...mermaidOf(resources).matchAll(/-->\|"443"\|/g)].length, 1);
  });

  test("of production on Google Cloud", () => {
    assert.deepEqual(stacks.get("prod")!.architecture.cluster, {
      title: "GKE, regular, europe-west1",
      pools: ["apps: 3 to 9 × e2-standard-4", "system: 2 to 4 × e2-standard-2"],
    });
    assert.deepEqual(boxOf("prod", "postgres-managed")?.details, ["Postgres 17", "db-custom-2-7680, two zones"]);
    assert.deepEqual(boxOf("prod", "redis-managed")?.details, ["Redis 7.2", "1 GiB, two zones"]);
    assert.deepEqual(boxOf("prod", "balancer")?.details, ["Google's, layer 4", "2 DNS records"]);
    assert.deepEqual(portsOf("prod", "panel-web", "postgres-managed"), [5432]);
    assert.deepEqual(portsOf("prod", "panel-web", "redis-managed"), [6378]);
    assert.deepEqual(portsOf("prod", "chat-socket", "postgres-managed"), [5432]);
    assert.equal(portsOf("prod", "chat-socket", "redis-managed"), undefined);
  });

  test("of production on AWS", () => {
    assert.deepEqual(stacks.get("prod-eks")!.architecture.cluster, {
      title: "EKS 1.36, eu-west-1",
      pools: ["apps: 3 to 9 × m7i.xlarge", "system: 2 to 4 × m7i.large"],
    });
    assert.deepEqual(boxOf("prod-eks", "postgres-managed")?.details, ["Postgres 17", "db.m7g.large, two zones"]);
    assert.deepEqual(boxOf("prod-eks", "redis-managed")?.details, ["Valkey 8.1", "cache.t4g.small, 2 zones"]);
    assert.equal(boxOf("prod-eks", "balancer")?.details[0], "Network Load Balancer");
    assert.deepEqual(portsOf("prod-eks", "panel-worker", "postgres-managed"), [5432]);
  });

  test("the apps and their connections are the same wherever a stack stands", () => {
    const inner = (stack: string) => {
      const inside = new Set(
        stacks.get(stack)!.architecture.boxes.flatMap((box) => (box.role === "data" ? [] : box.id)),
      );
      return stacks
        .get(stack)!
        .architecture.arrows.filter(({ from, to }) => inside.has(from) && inside.has(to) && from !== "balancer");
    };
    assert.ok(inner("dev").length >= 3);
    assert.deepEqual(inner("prod"), inner("dev"));
    assert.deepEqual(inner("prod-eks"), inner("dev"));
  });
});

describe("pictures", () => {
  for (const stack of committedStacks) {
    test(`the pictures of stack ${stack} are those of its resources (npm run golden draws them anew)`, () => {
      const { resources } = stacks.get(stack)!;
      const drawn = [
        [stack === "dev" ? "docs/architecture.svg" : `test/golden/${stack}.svg`, svgOf(resources)],
        [`test/golden/${stack}.mmd`, mermaidOf(resources)],
      ] as const;
      for (const [name, text] of drawn) {
        const file = join(repository, name);
        if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
        assert.equal(text, readFileSync(file, "utf8"), name);
      }
    });
  }

  test("no box lies on another and none outside the picture", () => {
    for (const { resources } of stacks.values()) {
      const svg = svgOf(resources);
      const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
      const boxes = [...svg.matchAll(/class="box [^"]*" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)].map(
        (found) => found.slice(1).map(Number),
      ) as [number, number, number, number][];
      assert.ok(boxes.length >= 10);
      for (const [index, [x, y, w, h]] of boxes.entries()) {
        assert.ok(x >= 0 && y >= 0 && x + w <= width! && y + h <= height!, `box ${index} leaves the picture`);
        for (const [x2, y2, w2, h2] of boxes.slice(index + 1)) {
          assert.ok(x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y, `box ${index} lies on another`);
        }
      }
    }
  });

  test("an empty stack and one of which nothing is known yet are drawn as well", () => {
    assert.match(svgOf([]), /Clients/);
    const torn = stacks.get("prod")!.resources.map((resource) => ({ ...resource, inputs: { spec: "[unknown]" } }));
    assert.match(svgOf(torn), /<\/svg>/);
    assert.match(mermaidOf(torn), /^flowchart LR/);
  });
});
