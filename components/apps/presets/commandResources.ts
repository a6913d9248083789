import { mapIn } from "../../schema/mapIn";

/**
 * What a command asks for that is run once or by time. Its limit goes with its own memory: a stack that says another gets
 * the usual limit for that.
 *
 * @param command what the stack says of it, unchecked
 */
export function commandResources(command: unknown, sizes: { readonly memory: string; readonly memoryLimit: string }) {
  const { memory, memoryLimit } = sizes;
  const says = mapIn(mapIn(command).resources).memory !== undefined;
  return { cpu: "20m", memory, ...(!says && { memoryLimit }) };
}
