/** One setting to change in a stack's file: its layer with its path below it (`cluster.context`), and its value. */
export type Change = readonly [path: string, value: unknown];

/** A value that stands for the key's removal. */
export const removed = Symbol("removed");
