/**
 * A provider of a whole package that makes things in a `FakeCloud`, in the manner of the official plugins that are made
 * from Terraform providers: a difference is one between what the API told last and what the program says now.
 */

import { localVersion } from "../../../engine/plugin";
import {
  type CheckRequest,
  NotReadyError,
  type Provider,
  type Resource,
  ResourceError,
} from "../../../engine/providers/provider";
import {
  hasSecret,
  isObject,
  isSecret,
  type Properties,
  reveal,
  secret,
  type Value,
} from "../../../engine/providers/values";
import { answerOf } from "../../../engine/record/answers/table";
import { type Comparison, difference, projected } from "./difference";
import { ApiError, type FakeCloud, HalfWayError, type Operation, type Thing } from "./fakeCloud";
import { fixedOf } from "./replacements";

/** What a behaviour is told of a call. */
export interface Call<Switch extends string = string> {
  readonly operation: Operation;
  readonly cloud: FakeCloud<Switch>;
  readonly type: string;
  readonly name: string;
  /** What is asked for, without the marks of secrets; of a deletion what is there. */
  readonly inputs: Record<string, any>;
  /** What is there already: of an update and a deletion. */
  readonly thing: Thing | undefined;
}

/** How one type of resource is otherwise than a thing that is what it is told to be. */
export interface Behaviour<Switch extends string = string> extends Comparison {
  /** The id at the cloud. @default what the table of answers says, else type and name */
  id?(call: Call<Switch>): string;
  /** Before a call: throws ApiError for what is refused, waits for what has to come first. */
  before?(call: Call<Switch>): void | Promise<void>;
  /** What the API tells of a thing that it was given: the same, in another order, with more in it. */
  tells?(properties: Record<string, any>, call: Call<Switch>): Record<string, any>;
  /** After a call: what comes or goes with it. Throws HalfWayError where the thing stays and is not in order. */
  after?(call: Call<Switch>): void | Promise<void>;
  /** Whether what is there already may be asked for again: a grant, an account of the cloud's own. */
  readonly repeatable?: boolean;
  /** Whether a deletion only makes the provider forget it. */
  abandons?(properties: Record<string, any>): boolean;
  /** The input that the plugin makes a name for, where the program says none. @default as its table of replacements says */
  readonly named?: string;
}

/** Behaviours by type; a type that is not here does what it is told. */
export type Behaviours<Switch extends string = string> = { readonly [type: string]: Behaviour<Switch> };

/** The provider of a package (`gcp`, `aws`) on this cloud. */
export function cloudProvider<Switch extends string>(
  name: string,
  cloud: FakeCloud<Switch>,
  behaviours: Behaviours<Switch>,
): Provider {
  const of = (type: string): Behaviour<Switch> => behaviours[type] ?? {};

  return {
    name,
    version: localVersion(`@pulumi/${name}`),
    introduction: `${name}: a cloud of a test`,

    async check(request) {
      return { inputs: autonamed(request, of(request.type).named) };
    },
    async diff(request) {
      return difference(request, of(request.type));
    },

    async create({ type, name, inputs, preview }) {
      if (preview) {
        const { id: _, ...outputs } = answerOf(type)(inputs, { preview, name });
        return { id: "", outputs: { ...inputs, ...(outputs as Properties) } };
      }
      return perform({ operation: "create", type, name, inputs, id: undefined });
    },
    async read({ type, id, name, inputs, outputs }) {
      const thing = cloud.find(type, id);
      if (!thing) return lookedUp(id, inputs, outputs);
      await refusing(() => of(type).before?.(callOf("read", type, name, inputs, thing)));
      cloud.note({ operation: "read", type, name, moment: "done" });
      const now = tell(type, thing, callOf("read", type, name, inputs, thing));
      const known = Object.keys(inputs).filter((key) => Object.hasOwn(now, key));
      // The engine's inputs become what was found, where the program said something.
      const found = Object.fromEntries(known.map((key) => [key, projected(now[key], inputs[key])]));
      return { id, inputs: { ...inputs, ...found }, outputs: { ...kept(type, outputs), ...now } };
    },
    async update({ type, name, id, inputs, oldOutputs, preview }) {
      if (preview) return { outputs: grown(oldOutputs, inputs) };
      return perform({ operation: "update", type, name, inputs, id });
    },
    async delete({ type, name, id }) {
      const thing = cloud.find(type, id);
      if (!thing || of(type).abandons?.(reveal(thing.properties))) return;
      await perform({ operation: "delete", type, name, inputs: thing.properties, id });
    },
    async invoke(token) {
      throw new ResourceError(`${token}: the cloud of this test has no functions`);
    },
  };

  async function perform(wanted: { operation: Operation; id: string | undefined; inputs: Properties } & Named) {
    const { operation, type, name, inputs } = wanted;
    const behaviour = of(type);
    const thing = wanted.id === undefined ? undefined : cloud.find(type, wanted.id);
    if (operation === "update" && !thing) throw new ResourceError(`Error 404: ${wanted.id} was not found, notFound`);
    const call = callOf(operation, type, name, inputs, thing);
    cloud.note({ operation, type, name, moment: "begun" });
    try {
      await behaviour.before?.(call);
      if (operation === "create") await cloud.released(type);
      if (operation === "delete") {
        cloud.remove(type, wanted.id!);
        await behaviour.after?.(call);
        cloud.note({ operation, type, name, moment: "done" });
        return { id: wanted.id!, outputs: {} };
      }
      const made = thing ?? create(call, inputs);
      if (thing) thing.properties = { ...thing.properties, ...propertiesOf(call, inputs) };
      const state = () => ({ id: made.id, inputs, outputs: { ...inputs, ...tell(type, made, call) } });
      try {
        await behaviour.after?.({ ...call, thing: made });
      } catch (error) {
        if (error instanceof HalfWayError) throw new NotReadyError(state(), [error.message]);
        throw error;
      }
      cloud.note({ operation, type, name, moment: "done" });
      return state();
    } catch (error) {
      cloud.note({ operation, type, name, moment: "refused" });
      throw error instanceof ApiError ? new ResourceError(error.message) : error;
    }
  }

  function create(call: Call<Switch>, inputs: Properties): Thing {
    const { type, name } = call;
    const id = of(type).id?.(call) ?? idOf(call);
    const made: Thing = { type, name, id, properties: propertiesOf(call, inputs) };
    if (of(type).repeatable) cloud.remove(type, id);
    cloud.add(made);
    return made;
  }

  /** The id that the table of answers gives, else one that nothing else has. */
  function idOf({ type, name, inputs }: Call<Switch>): string {
    const { id } = answerOf(type)(inputs, { preview: false, name });
    if (id) return String(id);
    const all = Array.from({ length: cloud.things.size + 1 }, (_, i) => `${name}-id${i > 0 ? `-${i + 1}` : ""}`);
    return all.find((one) => !cloud.find(type, one))!;
  }

  function propertiesOf({ type, name, inputs: plain }: Call<Switch>, inputs: Properties): Properties {
    const { id: _, ...more } = answerOf(type)(plain, { preview: false, name });
    const key = of(type).named ?? fixedOf(type)?.named;
    const own = key && inputs[key] !== undefined ? { [key]: inputs[key] } : {};
    return { ...inputs, ...secretsAtTop(more as Properties), ...own };
  }

  function callOf(operation: Operation, type: string, name: string, inputs: Properties, thing: Thing | undefined) {
    return { operation, cloud, type, name, inputs: reveal(inputs) as Record<string, any>, thing };
  }

  function tell(type: string, { properties }: Thing, call: Call<Switch>): Properties {
    const { tells, writeOnly = [] } = of(type);
    const readable = Object.fromEntries(Object.entries(properties).filter(([key]) => !writeOnly.includes(key)));
    return tells ? (tells(readable, call) as Properties) : readable;
  }

  /** What the API does not tell, and the provider keeps. */
  function kept(type: string, outputs: Properties): Properties {
    return Object.fromEntries(
      (of(type).writeOnly ?? []).flatMap((key) => (key in outputs ? [[key, outputs[key]!]] : [])),
    );
  }
}

type Named = Pick<Resource, "type" | "name">;

async function refusing(look: () => void | Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    throw error instanceof ApiError ? new ResourceError(error.message) : error;
  }
}

/** What a program looks up is there, as it says; anything else that is not there is gone. */
function lookedUp(id: string, inputs: Properties, outputs: Properties) {
  const asked = Object.keys(outputs).every((key) => Object.hasOwn(inputs, key));
  return asked && Object.keys(inputs).length > 0 ? { id, inputs: {}, outputs } : undefined;
}

/** The inputs with the name that the plugin makes up: the Pulumi name and seven hex digits. */
function autonamed({ type, name, news, olds, seed }: CheckRequest, own: string | undefined): Properties {
  const key = own ?? fixedOf(type)?.named;
  if (!key || news[key] !== undefined) return news;
  const digits = Buffer.from(seed).toString("hex").slice(0, 7).padEnd(7, "0");
  return { ...news, [key]: olds?.[key] ?? `${name}-${digits}` };
}

/** One object over another, member by member: what only the lower one has stays. */
function grown(under: Properties, over: Properties): Properties {
  const both = Object.entries(over).map(([key, value]): [string, Value] => {
    const below = under[key];
    const open = isObject(below) && isObject(value) && !isSecret(below) && !isSecret(value);
    return [key, open ? grown(below, value) : value];
  });
  return { ...under, ...Object.fromEntries(both) };
}

/** What is secret in parts is secret as a whole: so the plugins mark it. */
function secretsAtTop(outputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, hasSecret(value) ? secret(reveal(value)) : value]),
  );
}
