import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import * as ts from "typescript";

/** A name that a file gives away: an export, or a public method of an exported class. */
export interface GivenName {
  readonly name: string;
  readonly kind: "export" | "method";
  /** Whether it is a type alone, which a reader may want to name where a signature has it. */
  readonly isType: boolean;
  /** Whether the file itself uses it, outside of its own declaration. */
  readonly usedHere: boolean;
}

/** A source file as its names and its imports say it. */
export interface Source {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly given: readonly GivenName[];
  /** Files of the repository that it loads, now or later, or takes types from. */
  readonly imports: readonly string[];
  /** Every identifier that it has, without comments and texts. */
  readonly words: ReadonlySet<string>;
  /** Members that it takes of something, or that its types ask for. */
  readonly members: ReadonlySet<string>;
  /** Its own text, in which paths of programs may be named. */
  readonly text: string;
}

/** Every file with code below folders of a root, and single files of it. */
export function sourcesOf(root: string, places: readonly string[]): Source[] {
  return places
    .flatMap((place) => (statSync(join(root, place)).isFile() ? [place] : filesBelow(root, place)))
    .map((path) => sourceOf(root, path));
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|cjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.includes("node_modules/"))
    .sort();
}

function sourceOf(root: string, path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const words = new Map<string, ts.Node[]>();
  const imports = new Set<string>();
  const members = new Map<string, ts.Node[]>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) words.set(node.text, [...(words.get(node.text) ?? []), node]);
    const member = memberIn(node);
    if (member) members.set(member.text, [...(members.get(member.text) ?? []), member]);
    if (ts.isStringLiteral(node) && node.text.startsWith(".")) {
      const target = resolved(root, path, node.text);
      if (target && isLoaded(node)) imports.add(target);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const given = file.statements.flatMap((statement) => givenBy(statement, words, members));
  return { path, given, imports: [...imports], words: new Set(words.keys()), members: new Set(members.keys()), text };
}

/** Whether a text is what an `import`, an `export from`, an `import()` or a `require()` names. */
function isLoaded({ parent }: ts.StringLiteral): boolean {
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent))
    return true;
  if (ts.isLiteralTypeNode(parent)) return ts.isImportTypeNode(parent.parent);
  return (
    ts.isCallExpression(parent) &&
    (parent.expression.kind === ts.SyntaxKind.ImportKeyword || parent.expression.getText() === "require")
  );
}

/** `c` of `a.b?.c`, of `const { c } = a`, and of a type that has it. */
function memberIn(node: ts.Node): ts.Identifier | undefined {
  const name = ts.isPropertyAccessExpression(node)
    ? node.name
    : ts.isBindingElement(node)
      ? (node.propertyName ?? node.name)
      : ts.isPropertySignature(node) || ts.isMethodSignature(node)
        ? node.name
        : undefined;
  return name && ts.isIdentifier(name) ? name : undefined;
}

function resolved(root: string, from: string, named: string): string | undefined {
  const path = join(root, dirname(from), named);
  const found = [`${path}.ts`, join(path, "index.ts"), path].find(
    (each) => existsSync(each) && statSync(each).isFile(),
  );
  return found && relative(root, found).replaceAll("\\", "/");
}

type Places = ReadonlyMap<string, ts.Node[]>;

function givenBy(statement: ts.Statement, words: Places, members: Places): GivenName[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    if (!clause || !ts.isNamedExports(clause)) return [];
    return clause.elements.map(({ name }) => ({ name: name.text, kind: "export", isType: false, usedHere: false }));
  }
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!isExported) return [];
  const names = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.flatMap(({ name }) => boundBy(name))
    : [(statement as ts.FunctionDeclaration).name?.text ?? "default"];
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  const own = names.map((name): GivenName => {
    return { name, kind: "export", isType, usedHere: isOutside(words.get(name), statement) };
  });
  return ts.isClassDeclaration(statement) ? [...own, ...methodsOf(statement, members)] : own;
}

function boundBy(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundBy(element.name)));
}

/** Whether one of these places is outside of a declaration. */
function isOutside(places: readonly ts.Node[] = [], owner: ts.Node): boolean {
  return places.some((place) => place.pos < owner.pos || place.end > owner.end);
}

/** The public methods that no contract asks for. */
function methodsOf(owner: ts.ClassDeclaration, members: Places): GivenName[] {
  return owner.members.flatMap((member) => {
    if (!(ts.isMethodDeclaration(member) || ts.isGetAccessor(member)) || !ts.isIdentifier(member.name)) return [];
    const kinds = new Set(ts.getModifiers(member)?.map(({ kind }) => kind));
    if (kinds.has(ts.SyntaxKind.PrivateKeyword) || kinds.has(ts.SyntaxKind.OverrideKeyword)) return [];
    const { text } = member.name;
    return [
      {
        name: `${owner.name?.text}.${text}`,
        kind: "method" as const,
        isType: false,
        usedHere: isOutside(members.get(text), member),
      },
    ];
  });
}

/** Names that nobody takes, and names that only others than the product take. */
export interface Unused {
  readonly byNobody: readonly string[];
  readonly byTestsAlone: readonly string[];
}

/**
 * What of the product nothing of the product uses.
 *
 * @param others who may use it too, and does not count: tests
 * @param starts texts in which a file may be named that is started and not loaded: scripts, workflows
 */
export function unusedIn(product: readonly Source[], others: readonly Source[], starts: string): Unused {
  const byNobody: string[] = [];
  const byTestsAlone: string[] = [];
  const isStarted = ({ path }: Source) =>
    [starts, ...product.filter((each) => each.path !== path).map(({ text }) => text)].some((text) => names(text, path));
  for (const source of product) {
    const { path } = source;
    const loaded = (all: readonly Source[]) => all.filter((each) => each.path !== path && each.imports.includes(path));
    if (loaded(product).length === 0 && !isStarted(source))
      (loaded(others).length > 0 ? byTestsAlone : byNobody).push(path);
    for (const { name, kind, isType, usedHere } of source.given) {
      const last = name.slice(name.indexOf(".") + 1);
      const takes = (all: readonly Source[]) =>
        kind === "method"
          ? all.some((each) => each.members.has(last))
          : loaded(all).some(({ words }) => words.has(name));
      if (takes(product.filter((each) => kind === "export" || each.path !== path))) continue;
      const tested = takes(others);
      // What a file uses itself may be given to its test; a type may stand in a signature.
      if (usedHere && (tested || isType || kind === "method")) continue;
      (tested ? byTestsAlone : byNobody).push(`${path}: ${name}`);
    }
  }
  return { byNobody, byTestsAlone };
}

/** Whether a text names a file: by its path, in a form of several paths, or in quotes by its name. */
function names(text: string, path: string): boolean {
  if (text.includes(path) || text.includes(`"${path.split("/").at(-1)}"`)) return true;
  const forms = text.match(/(?<=`)[\w./-]+\/\$\{\w+\}[\w./-]*\.ts(?=`)/g) ?? [];
  return forms.some((form) => new RegExp(`^${form.replaceAll(".", "\\.").replace(/\$\{\w+\}/g, "[^/]+")}$`).test(path));
}
