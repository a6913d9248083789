import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import type { Connection, Place, Postgres, Redis, Route } from "../../contracts";
import type { Rollout } from "../../contracts/rollout";
import type { ChatTokens } from "../chat/tokenKeys";

/** An app that runs: what the rest of the stack is told of it. */
export interface App {
  readonly connections: readonly Connection[];
  readonly rollouts: readonly Rollout[];
  readonly routes: readonly Route[];
  /** How tokens that it signs are judged by others. */
  readonly tokens?: ChatTokens;
  /** Outputs of the stack that it adds: where it is, and what a person needs for the first time. */
  readonly outputs: Readonly<Record<string, string | Output<unknown>>>;
  /** Its public addresses by name, for a person to open. @default none beside its outputs */
  readonly urls?: Readonly<Record<string, string>>;
  /** The accounts that it makes by itself, by its name; secrets. @default none beside its outputs */
  readonly firstLogins?: Readonly<Record<string, Output<unknown>>>;
  /** Daily commands that it adds, with `switchboard` as the word for `npx switchboard … --stack NAME`. */
  readonly commands: (switchboard: (command: string) => string) => Readonly<Record<string, string>>;
}

/** What every app is given. */
export interface AppArgs<Settings> {
  readonly settings: Settings;
  readonly place: Place;
  /** Public addresses: `https://…` of the panel, `wss://…` of the chat. */
  readonly addresses: { readonly panel: string; readonly chatSocket: string };
  readonly postgres: Postgres;
  readonly redis: Redis;
  /** How tokens are judged that an app before it signs. @throws where none of them signs any */
  readonly tokens: () => ChatTokens;
}

/** Creates what an app is made of. */
export type CreateApp<Settings> = (args: AppArgs<Settings>, opts: ComponentResourceOptions) => App;
