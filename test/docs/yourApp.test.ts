import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { catalog } from "../../cli/commands";
import { parse } from "../../cli/core/program";
import { run } from "../../cli/core/run";
import { emptyFolder } from "../cli/commands/newStack/made";
import { problems } from "../components/settings/stack";
import { repository } from "../support/plan";

const text = readFileSync(join(repository, "docs/your-app.md"), "utf8");

/** The code blocks of a language. */
function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block]) => block!);
}

const yaml = blocks("yaml").map((block) => parseYaml(block));
const apps: any[] = yaml.flatMap((block) => (block["switchboard:apps"] ? [block["switchboard:apps"]] : []));
const style = { width: 100, valueWidth: 100, colours: false };

/** The command lines that a shell makes of a script; a program that is not known here fails it. */
function calls(script: string): string[][] {
  const known = ["npm", "npx", "docker"].map((name) => `${name}() { printf '%s\\0' ${name} "$@"; printf '\\n'; }`);
  const { stdout, stderr, status } = spawnSync("/bin/bash", ["-euc", [...known, script].join("\n")], {
    ...{ encoding: "utf8", env: { PATH: "/nowhere" } },
  });
  assert.equal(status, 0, `${script}\n${stderr}`);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\0").slice(0, -1)]));
}

/** The words after `npx switchboard` of every command of the page, in blocks and in sentences. */
const lines = [...blocks("sh"), ...[...text.matchAll(/`(npx switchboard [^`\n]*)`/g)].map(([, line]) => line!)]
  .flatMap(calls)
  .flatMap(([program, first, ...words]) => (program === "npx" && first === "switchboard" ? [words] : []));

test("every app that the page shows is one that a stack may have", () => {
  assert.equal(apps.length, 3);
  for (const shown of apps)
    assert.deepEqual(
      problems((raw) => {
        for (const own of [raw, raw.edge]) for (const app of ["panel", "chat"]) delete own[app];
        raw.apps = shown;
      }),
      [],
    );
});

test("every other setting that the page shows is one, beside those of a stack", () => {
  const edges = yaml.flatMap((block) => (block["switchboard:edge"] ? [block["switchboard:edge"]] : []));
  assert.equal(edges.length, 2);
  for (const shown of edges)
    assert.deepEqual(
      problems((raw) => Object.assign(raw.edge, shown)),
      [],
    );
});

test("what follows from a Procfile says the same as the Procfile", () => {
  const [procfile] = blocks("procfile");
  const said = Object.fromEntries(
    procfile!
      .trim()
      .split("\n")
      .map((line) => line.split(": ")),
  );
  const { shop } = apps[0];
  for (const [name, command] of Object.entries(said))
    assert.equal((name === "release" ? shop.release : shop.processes[name]).command.join(" "), command);
  assert.equal(Object.keys(said).length, 3);
});

test("what follows from a Compose file says the same as the file", () => {
  const { services } = yaml.find((block) => block.services)!;
  const { shop } = apps[1];
  for (const name of ["web", "worker"])
    assert.equal(shop.processes[name].command.join(" "), services[name].command, name);
  const { web } = shop.processes;
  assert.equal(`${web.port}:${web.port}`, services.web.ports[0]);
  assert.equal(`${web.stopSeconds}s`, services.web.stop_grace_period);
  assert.ok(services.web.healthcheck.test.at(-1).endsWith(`:${web.port}${web.probe.ready}`));
  assert.deepEqual(shop.env, services.web.environment);
  const [path, volume] = Object.entries(web.mounts)[0]!;
  assert.deepEqual(services.web.volumes, [`${volume}:${path}`]);
  assert.ok(shop.volumes[volume as string].persistent);
});

test("what follows from a fly.toml says the same as the file", () => {
  const [toml] = blocks("toml");
  const said = (key: string) => new RegExp(`^ *${key} = "?([^"\\n]*)"?$`, "m").exec(toml!)?.[1];
  const { shop } = apps[2];
  assert.equal(shop.release.command.join(" "), said("release_command"));
  assert.equal(String(shop.processes.web.port), said("internal_port"));
  assert.equal(shop.processes.web.probe.ready, said("path"));
  for (const name of ["web", "mailer"]) assert.equal(shop.processes[name].command.join(" "), said(name));
  assert.equal(shop.env.LANGUAGE, said("LANGUAGE"));
});

test("every command of the page is one, with options that it has", async () => {
  assert.ok(lines.length >= 20, String(lines.length));
  for (const words of lines) {
    const entry = catalog.find(({ name }) => name === words[0]);
    assert.ok(entry, words.join(" "));
    const parsed = parse(words, { catalog, spec: await entry.load(), version: "0", style });
    assert.equal(parsed.kind, "call", words.join(" "));
  }
});

test("every new-stack of the page writes a stack that the program accepts", async () => {
  const folder = emptyFolder();
  const made = lines.filter(([name, ...options]) => name === "new-stack" && options.length > 0);
  for (const words of made) {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    let told = "";
    stderr.on("data", (data: Buffer) => {
      told += data;
    });
    // The person's own folder and cluster are not here.
    const here = words.map((word) => (word === "apps/shop" ? "apps/panel" : word === "kind-shop" ? "kind-team" : word));
    const streams = { stdin: stdin as never, stdout: stdout as never, stderr: stderr as never };
    const code = await run([...here, "--folder", folder], { catalog, version: "0", env: process.env, ...streams });
    assert.equal(code, 0, `${words.join(" ")}\n${told}`);
  }
  assert.deepEqual(
    readdirSync(folder).sort(),
    ["live", "live-aws", "shop", "staging"].map((name) => `Pulumi.${name}.yaml`).sort(),
  );
});

test("every page that it names is there, with the heading", () => {
  const anchors = (page: string) =>
    [...readFileSync(join(repository, "docs", page), "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  const links = [...text.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];
  assert.ok(links.length > 10);
  for (const [link, page, anchor] of links) {
    const found = anchors(page || "your-app.md");
    if (anchor) assert.ok(found.includes(anchor), `${link} of ${found.join(" ")}`);
  }
});
