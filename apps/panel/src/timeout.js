/**
 * The result of `work`, or an error when it takes longer. The work itself is not stopped; whoever does it has its own
 * limit (a statement timeout, a command timeout).
 *
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @param {string} [message] of the error
 * @returns {Promise<T>}
 */
export async function within(ms, work, message = `no answer within ${ms} ms`) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}
