import type { ParsedSettings } from "../../components/settings/parse";

type Present<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: NonNullable<T[P]> };

/** The settings of a stack that has the panel, its workers and the chat, and both stores, as most stacks of the tests do. */
export type WithOwnApps = Present<Omit<ParsedSettings, "edge">, "panel" | "workers" | "chat" | "postgres" | "redis"> & {
  readonly edge: Present<ParsedSettings["edge"], "panel" | "chat">;
};
