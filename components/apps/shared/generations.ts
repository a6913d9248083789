/**
 * The generations of a key that every pod knows: its own, the one before and the one after. While the next is rolled out,
 * pods of both sides know what the others sign with, in any mixture. What leaked counts until none of these is left.
 */
export function knownGenerations(generation: number): number[] {
  return [generation - 1, generation, generation + 1].filter((number) => number > 0);
}
