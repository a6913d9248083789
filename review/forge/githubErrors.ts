import { type Answer, ForgeError, messageOf, retryAfterOf } from "./errors";

/** Characters that GitHub takes in a comment or an issue; more is answered by 422. */
export const githubLimit = 65_536;

/** What Octokit throws: a RequestError with the answer, or whatever fetch threw. */
export function answerOf(error: unknown): Answer {
  const { status, message, response } = error as {
    status?: number;
    message?: string;
    response?: { headers?: Record<string, string>; data?: { message?: string } };
  };
  return {
    // Octokit gives 500 to what never had an answer.
    status: response ? (status ?? 500) : 0,
    message: messageOf(response?.data?.message ? (message ?? "") : (message ?? String(error))),
    headers: response?.headers ?? {},
  };
}

/**
 * What an answer of GitHub means.
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 * @param permission what the token needs, where GitHub does not say so (`x-accepted-github-permissions`)
 */
export function githubError({ status, message, headers }: Answer, name: string, permission: string, now: number) {
  const after = retryAfterOf(headers, now);
  const said = `${name}: GitHub answered ${status}: ${message}`;
  const limited = status === 429 || /secondary rate|rate limit exceeded|abuse detection/i.test(message);
  if (limited || ((status === 403 || status === 429) && after !== undefined)) {
    return new ForgeError("rateLimited", said, "run it again later", after);
  }
  if (status === 401) return new ForgeError("unauthorized", said, "give a token that is valid in GITHUB_TOKEN");
  if (status === 403 && /locked/i.test(message)) {
    return new ForgeError("forbidden", said, "unlock the conversation, or leave it without this text");
  }
  if (status === 403) {
    const accepted = headers["x-accepted-github-permissions"]?.replaceAll("=", ": ").replaceAll(";", " or");
    const todo = `give the job's token the permission ${accepted || permission}; a run for a fork never has it`;
    return new ForgeError("forbidden", said, todo);
  }
  if (status === 404 || status === 410) {
    return new ForgeError(
      "missing",
      said,
      `check the number and the repository; a token without ${permission} sees nothing`,
    );
  }
  if (status === 409) return new ForgeError("conflict", said, "run it again");
  if (status === 413 || (status === 422 && /too long/i.test(message))) {
    return new ForgeError("tooLong", said, `render it for ${githubLimit} characters`);
  }
  if (status >= 500)
    return new ForgeError("unavailable", said, "run it again, or see https://www.githubstatus.com", after);
  if (status === 0) {
    return new ForgeError("unavailable", `${name}: no answer: ${message}`, "check the network and GITHUB_API_URL");
  }
  return new ForgeError("invalid", said, "read what it says; this is what was sent wrongly");
}
