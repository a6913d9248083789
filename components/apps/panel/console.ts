import type { ConsoleSpec } from "../shared/console";

/** The panel's console: a Node.js prompt with the panel's own models. */
export const panelConsole: ConsoleSpec = {
  workload: "panel",
  memory: "512Mi",
  prompt: ["node", "src/main.js", "console"],
  script: ["node", "src/main.js", "console", "-"],
  expressionScript: (expression) => `return (${expression}\n);`,
  longest: 1024 * 1024,
};
