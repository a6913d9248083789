import type { CloudCliWords } from "../../shared/cloudCliError";

/**
 * What gcloud says. `gcloud sql` prints `HTTPError <status>: <message>`, the other commands the status of the interface
 * (https://cloud.google.com/apis/design/errors#error_codes).
 */
export const gcloudWords: CloudCliWords = {
  program: "gcloud",
  logIn: "gcloud auth login",
  troubles: [
    [
      "logged out",
      /active account selected|Reauthentication|refreshing your current auth tokens|invalid_grant|HTTPError 401|UNAUTHENTICATED/,
    ],
    // Some quotas are told with 403.
    ["throttled", /HTTPError 429|RESOURCE_EXHAUSTED|rateLimitExceeded|Quota exceeded for quota metric/i],
    ["busy", /HTTPError 409|another operation was already in progress|operationInProgress/i],
    ["denied", /HTTPError 403|PERMISSION_DENIED|does not have permission/],
    ["not found", /HTTPError 404|NOT_FOUND|does not exist/],
    ["silent", /Unable to find the server|network connectivity|Connection (?:refused|timed out)/i],
  ],
  right: /permission:? ['"[]?([a-z]+\.[\w.]+)/i,
};
