/** The provider of secrets that a stack's file names: without it a new stack would get another one. */
export function secretsProvider(text: string): string[] {
  const [, named] = /^secretsprovider: *["']?([^\s"'#]+)/m.exec(text) ?? [];
  return named ? ["--secrets-provider", named] : [];
}

/** Whether a command of the CLI reads the stack's settings, and so takes `--config-file`. */
export function takesConfigFile([command]: readonly string[]): boolean {
  return ["up", "update", "preview", "refresh", "destroy", "config", "watch", "import"].includes(command ?? "");
}

/** Commands of the CLI that are about no stack, and refuse to be given one. Seen with `pulumi COMMAND --stack dev --help`. */
const aboutNoStack = [
  ...["version", "help", "whoami", "login", "logout", "install", "convert", "gen-completion"],
  ...["plugin", "schema", "package", "policy", "org", "env", "template"],
];

/** Whether a command of the CLI takes `--stack`. */
export function takesStack(args: readonly string[]): boolean {
  const command = args.find((word) => !word.startsWith("-"));
  return command !== undefined && !aboutNoStack.includes(command);
}

/** Without `--show-sames` the CLI leaves out what stays as it is, and costs and policies need all of a stack. */
export const wholeReport = ["--json", "--show-sames"] as const;
