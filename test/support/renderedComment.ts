import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { type Browser, chromium, type Page } from "playwright-core";
import { repository } from "./plan";

const modules = join(repository, "node_modules");

/** A comment as HTML, as GitHub makes it of Markdown: with its tables, folds and alerts. */
export function htmlOf(markdown: string): string {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm({ singleTilde: false })],
    htmlExtensions: [gfmHtml()],
  });
  return html.replace(
    /<blockquote>\n<p>\[!(CAUTION|WARNING|IMPORTANT|NOTE|TIP)\]\n?/g,
    (_, name: string) =>
      `<blockquote class="alert ${name.toLowerCase()}"><p class="title">${name[0]}${name.slice(1).toLowerCase()}</p><p>`,
  );
}

/** A whole page with a comment, in the size that a pull request gives it. */
export function pageOf(markdown: string, theme: "light" | "dark"): string {
  const css = readFileSync(join(modules, `github-markdown-css/github-markdown-${theme}.css`), "utf8");
  const diagrams = htmlOf(markdown).replace(
    /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    '<pre class="mermaid">$1</pre>',
  );
  const [back, line, red, blue] =
    theme === "light" ? ["#fff", "#d1d9e0", "#cf222e", "#0969da"] : ["#0d1117", "#3d444d", "#f85149", "#4493f8"];
  const [plus, minus] = theme === "light" ? ["#dafbe1", "#ffebe9"] : ["#033a16", "#67060c"];
  return `<!doctype html><html><head><meta charset="utf-8"><style>${css}
body{margin:0;padding:24px;background:${back}} .markdown-body{width:830px;padding:16px;border:1px solid ${line};border-radius:6px;font-size:14px}
.alert{border-left-color:${blue}!important;color:inherit!important} .alert.caution{border-left-color:${red}!important}
.alert .title{font-weight:500;color:${blue}} .alert.caution .title{color:${red}}
.alert.warning{border-left-color:#9a6700!important} .alert.warning .title{color:#9a6700}
.plus{background:${plus}} .minus{background:${minus}} .hunk{opacity:.6}</style></head>
<body><article class="markdown-body">${diagrams}</article><script>
for (const code of document.querySelectorAll("code.language-diff")) code.innerHTML = code.innerHTML.split("\\n").map((line) =>
  '<span class="' + (line[0] === "+" ? "plus" : line[0] === "-" ? "minus" : line.startsWith("@@") ? "hunk" : "") + '">' + line + "</span>").join("\\n");
</script></body></html>`;
}

/** Chromium as Debian has it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** What a browser made of a comment. */
export interface Shown {
  /** Errors of the page and of Mermaid. */
  readonly errors: readonly string[];
  readonly diagrams: number;
  /** Diagrams that became a picture. */
  readonly pictures: number;
}

/** Shows a comment, all folds open if asked, with its diagrams drawn. */
export async function show(page: Page, markdown: string, theme: "light" | "dark", open: boolean): Promise<Shown> {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.setContent(pageOf(markdown, theme));
  if (open) await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
  await page.addScriptTag({ path: join(modules, "mermaid/dist/mermaid.min.js") });
  const drawn = (await page.evaluate(`(async () => {
    mermaid.initialize({ startOnLoad: false, theme: ${JSON.stringify(theme === "dark" ? "dark" : "default")}, securityLevel: "strict" });
    const errors = [];
    const diagrams = [...document.querySelectorAll("pre.mermaid")];
    for (const [index, place] of diagrams.entries()) {
      try {
        const { svg } = await mermaid.render("graph" + index, place.textContent);
        place.innerHTML = svg;
      } catch (error) { errors.push(String(error)); }
    }
    const pictures = diagrams.filter((place) => place.querySelector("svg .node") && !place.querySelector(".error-icon")).length;
    return { errors, diagrams: diagrams.length, pictures };
  })()`)) as { errors: string[]; diagrams: number; pictures: number };
  return { ...drawn, errors: [...errors, ...drawn.errors] };
}

/** `renderedComment.ts FOLDER FILE.md…` takes pictures of comments, in light and dark, folds closed and open. */
async function main(): Promise<void> {
  const [folder, ...files] = process.argv.slice(2);
  if (!folder || files.length === 0) throw new Error("usage: renderedComment.ts FOLDER FILE.md…");
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    for (const file of files) {
      for (const theme of ["light", "dark"] as const) {
        for (const open of [false, true]) {
          const page = await browser.newPage({ viewport: { width: 930, height: 700 } });
          const shown = await show(page, readFileSync(file, "utf8"), theme, open);
          const name = `${basename(file, ".md")}-${theme}${open ? "-open" : ""}`;
          writeFileSync(join(folder, `${name}.png`), await page.screenshot({ fullPage: true }));
          process.stdout.write(`${name}: ${shown.pictures} of ${shown.diagrams} diagrams${shown.errors.join("; ")}\n`);
          await page.close();
        }
      }
    }
  } finally {
    await browser.close();
  }
}

if (require.main === module) {
  main().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
