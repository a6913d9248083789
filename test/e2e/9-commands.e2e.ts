import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { execa } from "execa";
import { chromium } from "playwright-core";
import { repository } from "../support/plan";
import { measureSvg } from "./support/svg";

const folder = mkdtempSync(join(tmpdir(), "switchboard-commands-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The product's own command, as a person in the checkout calls it, where nobody can answer a question. */
function switchboard(...args: string[]) {
  return execa("npx", ["switchboard", ...args], { cwd: repository, reject: false, stdin: "ignore" });
}

/** And its answer as JSON. */
async function json<T>(exitCode: number, ...args: string[]): Promise<T> {
  const answer = await switchboard(...args, "--json");
  assert.equal(answer.exitCode, exitCode, `${answer.stdout}\n${answer.stderr}`);
  return JSON.parse(answer.stdout) as T;
}

for (const stack of ["dev", "prod", "prod-eks"]) {
  test(`diagram draws stack ${stack} for light and dark pages`, async () => {
    const file = join(folder, `${stack}.svg`);
    const { exitCode, stderr } = await switchboard("diagram", stack, "--out", file);
    assert.equal(exitCode, 0, stderr);
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    try {
      const grounds = new Set<string>();
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await browser.newPage({ colorScheme });
        await page.setContent(readFileSync(file, "utf8"));
        const { boxes, ground, outside } = await measureSvg(page);
        assert.ok(boxes >= 12, `${boxes} boxes`);
        assert.deepEqual(outside, [], "texts that leave their box");
        grounds.add(ground);
      }
      assert.equal(grounds.size, 2, "the ground is the same in light and dark");
    } finally {
      await browser.close();
    }
  });
}

test("diagram as Mermaid is what Mermaid itself can draw", async () => {
  const { stdout } = await switchboard("diagram", "prod");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ path: join(repository, "node_modules/mermaid/dist/mermaid.min.js") });
    const svg = await page.evaluate(async (text) => {
      const { mermaid } = globalThis as any;
      mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
      return (await mermaid.render("picture", text)).svg as string;
    }, stdout);
    for (const name of ["Clients", "load balancer", "postgres · Cloud SQL", "apps: 3 to 9 × e2-standard-4"]) {
      assert.ok(svg.includes(name), name);
    }
  } finally {
    await browser.close();
  }
});

test("cost names low, likely and high for production and refuses to guess", async () => {
  interface Cost {
    readonly total: { low: number; likely: number; high: number };
    readonly lines: readonly unknown[];
    readonly sheet: { readonly date: string };
  }
  for (const stack of ["prod", "prod-eks"]) {
    const answer = await json<Cost & { estimate?: Cost }>(0, "cost", stack);
    const { total, lines, sheet } = answer.estimate ?? answer;
    assert.ok(total.low > 300 && total.low <= total.likely && total.likely <= total.high, JSON.stringify(total));
    assert.ok(lines.length > 10);
    assert.match(sheet.date, /^20\d\d-\d\d-\d\d$/);
  }
});

test("doctor looks at this machine, and keeps a record that answers again", async () => {
  const record = join(folder, "record.json");
  const first = await switchboard("doctor", "dev", "--record", record);
  assert.ok([0, 3].includes(first.exitCode ?? -1), first.stderr);
  assert.match(first.stdout, /✓ node \d+/);
  const again = await switchboard("doctor", "dev", "--replay", record);
  assert.equal(again.stdout, first.stdout);
  assert.equal(again.exitCode, first.exitCode);
});

test("doctor says of a stack whose settings are wrong all that is wrong", async () => {
  const text = readFileSync(join(repository, "Pulumi.dev.yaml"), "utf8");
  const file = join(repository, "Pulumi.e2e-wrong.yaml");
  writeFileSync(file, text.replace("replicas: 2", "replicas: -1").replace("namespace: switchboard", "namespace: Über"));
  try {
    const { exitCode, stderr } = await switchboard("doctor", "e2e-wrong");
    assert.equal(exitCode, 1);
    assert.match(stderr, /2 settings are wrong/);
    assert.match(stderr, /cluster\.namespace/);
    assert.match(stderr, /replicas: -1/);
  } finally {
    rmSync(file);
  }
});

test("production is neither touched nor looked into without a clear yes", async () => {
  for (const command of [
    ["up", "prod", "--yes"],
    ["down", "prod", "--yes"],
    ["status", "prod"],
    ["logs", "--stack", "prod"],
    ["console", "panel", "--stack", "prod"],
    ["run", "panel", "--stack", "prod", "--", "true"],
    ["drift", "prod"],
    ["doctor", "prod"],
    ["status", "prod", "--production", "prod-eks"],
  ]) {
    const { exitCode, stderr } = await switchboard(...command);
    assert.equal(exitCode, 4, `${command.join(" ")}: ${stderr}`);
    assert.match(stderr, /--production prod/, command.join(" "));
  }
});

test("a wrong command line is told, with what was meant", async () => {
  const { exitCode, stderr } = await switchboard("statsu");
  assert.equal(exitCode, 2);
  assert.match(stderr, /status/);
  const refused = await switchboard("cost", "nowhere", "--json");
  assert.equal(refused.exitCode, 1);
  const { error } = JSON.parse(refused.stdout) as { error: { message: string; todo: string } };
  assert.match(error.message, /there is no stack nowhere/);
  assert.match(error.todo, /dev, prod/);
});
