import { inTurn } from "../passwords.js";

/**
 * Tries that a password has to withstand. zxcvbn calls 10^8 "safely unguessable: moderate protection from offline
 * slow-hash scenario" (its score 3), and ours are stored with a slow hash.
 */
const leastGuesses = 1e8;

/** Longer ones are judged by their beginning: the time it takes grows faster than the length. */
const longestJudged = 64;

/** Loaded with the first password that is chosen: its lists take 10 MB of memory, which most pods never need. */
const judge = (() => {
  /** @type {Promise<import("@zxcvbn-ts/core").ZxcvbnFactory> | undefined} */
  let made;
  return () => {
    made ??= Promise.all([import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common")]).then(
      ([{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }]) =>
        new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs }),
    );
    return made;
  };
})();

/**
 * What is wrong about a password that a person chooses (NIST SP 800-63B, 5.1.1.2: not a common one, not their own name).
 * Parts that are known of the person count for nothing.
 *
 * @param {string} password
 * @param {{ name: string, email: string }} person
 * @returns {Promise<string | undefined>}
 */
export async function passwordProblem(password, { name, email }) {
  const known = [email, ...email.split(/[@.+_-]/), name, ...name.split(/\s+/), "switchboard"]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3);
  const { guesses } = await inTurn(async () => (await judge()).check(password.slice(0, longestJudged), known));
  if (guesses < leastGuesses) return "This is one of the first that an attacker tries. Please choose another one.";
  const rest = known
    .sort((a, b) => b.length - a.length)
    .reduce((text, word) => text.replaceAll(word.replace(/[\s.@+_-]/g, ""), ""), bare(password));
  if (rest.length < 8 && rest !== bare(password)) {
    return "This is made of your own name or address. Please choose something that is not about you.";
  }
  return undefined;
}

/** Without case, spaces and signs, as names are hidden in passwords. @param {string} text */
const bare = (text) => text.toLowerCase().replace(/[\s.@+_-]/g, "");
