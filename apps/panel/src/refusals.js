/**
 * Whether Postgres or Redis answered and said no: the user has no right to a command, a statement or to log in. That is
 * a fault of the installation which does not go away by itself, unlike a server that does not answer.
 *
 * @param {unknown} error
 */
export function isRefusal(error) {
  const { code = "", message = "" } = /** @type {{ code?: string, message?: string }} */ (error ?? {});
  // Postgres: 42501 insufficient_privilege, class 28 invalid authorization. Redis: the first word of an error.
  return /^(42501|28...)$/.test(String(code)) || /^(NOPERM|NOAUTH|WRONGPASS)\b/.test(message);
}
