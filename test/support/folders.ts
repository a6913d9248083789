/** The program, and what the program and its tools share. */
export const programFolders = ["components", "lib"] as const;

/** The tools, from what every stack needs to what a person calls. */
export const toolFolders = ["engine", "sandbox", "review", "cli"] as const;

/** Every folder with TypeScript that is not a test. */
export const productFolders = [...programFolders, ...toolFolders] as const;
