/** What to do about errors that many meet; what they say first is theirs. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /quota|limit ?exceeded/i,
    "Ask the cloud for a higher quota, or take fewer or smaller machines: `switchboard doctor` compares what the stack needs with what is allowed.",
  ],
  [
    /the stack is currently locked|stack is locked|conflict.*another update/i,
    "Another update runs or was killed. Wait for it; if none runs, `pulumi cancel` takes the lock away.",
  ],
  [
    /passphrase must be set|incorrect passphrase|PULUMI_CONFIG_PASSPHRASE/i,
    "Give the job `PULUMI_CONFIG_PASSPHRASE` or the key that the stack's secrets are encrypted with.",
  ],
  [
    /cannot be deleted\s+because it is protected/i,
    "If it really shall go, name it in `operations.unprotected` in one pull request and delete it in the next one. Otherwise undo what removes it.",
  ],
  [
    /no stack named|stack .* not found/i,
    "Make the stack first: `npm run new-stack`, or look whether `PULUMI_BACKEND_URL` is the right one.",
  ],
  [/plugin .*(not found|could not be found)|no resource plugin/i, "Install the plugins: `pulumi install`."],
  [
    /no valid credential|could not find default credentials|ExpiredToken|InvalidClientTokenId|invalid_grant|UnauthorizedOperation|AccessDenied|PERMISSION_DENIED|error code: ?40[13]/i,
    "Look at the job's log-in and at the rights of its role: `switchboard doctor` says which are missing.",
  ],
  [
    /no such host|connection refused|i\/o timeout|TLS handshake timeout|deadline exceeded/i,
    "Something did not answer. Run the job again; if it stays so, look whether the runner may reach it.",
  ],
  [
    /setting(s)? (is|are) wrong in stack/i,
    "Correct the settings in the stack's file; docs/settings.md says what each may be.",
  ],
  [/mandatory polic(y|ies)/i, "See the policies below: each says what to change."],
  [
    /unhandled exception/i,
    "The program itself fails there; `npm run preview` shows the same on any machine, without a cloud.",
  ],
  [/have you run npm install|Cannot find module/i, "Install the packages: `npm ci`."],
];

/** What to do about an error, as Markdown of this file's own; undefined where nobody knows. */
export function hintFor(message: string): string | undefined {
  return hints.find(([pattern]) => pattern.test(message))?.[1];
}
