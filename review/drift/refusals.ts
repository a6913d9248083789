/** What an API said it would have taken to read something. */
export interface UserError {
  /** `redis.instances.getAuthString`, `kms:GetKeyPolicy`, `get secrets`; undefined where the API names none. */
  readonly permission: string | undefined;
}

/**
 * Refusals for another reason than a missing permission, in which clouds use the same status: an API that is switched off,
 * a limit, a log-in that is over.
 */
const otherReasons =
  /SERVICE_DISABLED|has not been used in project|rateLimitExceeded|quotaExceeded|RATE_LIMIT_EXCEEDED|ExpiredToken|token.{0,40} (is )?expired|InvalidClientTokenId|SignatureDoesNotMatch/i;

/** How APIs name the permission, the most exact words first. */
const named: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  // Google: the details of an error, its message, and what GKE's authorizer adds to that of Kubernetes.
  [/"permission":\s*"([a-z]\w*\.\w[\w.]*)"/, ([, permission]) => permission!],
  [/Required \\?["']([a-z]\w*\.\w[\w.]*)\\?["'] permission/, ([, permission]) => permission!],
  [/Permission ["']?([a-z]\w*\.\w[\w.]*)["']? (?:is required|denied)/, ([, permission]) => permission!],
  [/Missing (?:necessary )?permission:? ["']?([a-z]\w*\.\w[\w.]*)/i, ([, permission]) => permission!],
  // AWS: with the reason or without it.
  [/not authorized to perform:? ([a-z][\w-]*:\w+)/, ([, permission]) => permission!],
  // EC2 names the call only.
  [
    /(?:operation error )?(\w+): (\w+), (?:https response error )?StatusCode: 403[\s\S]*UnauthorizedOperation/,
    ([, service, call]) => `${service!.toLowerCase()}:${call}`,
  ],
  // Kubernetes' RBAC.
  [
    /is forbidden: User "[^"]*" cannot (\w+) resource "([\w/]+)" in API group "([\w.-]*)"/,
    ([, verb, resource, group]) => `${verb} ${resource}${group ? `.${group}` : ""}`,
  ],
];

/** What is a refusal for want of a permission that is not named. */
const unnamed =
  /\bAccessDenied|UnauthorizedOperation|AuthorizationError\b|IAM_PERMISSION_DENIED|PERMISSION_DENIED|Error 403\b|StatusCode: 403\b|does not have (?:the )?permission|\bis forbidden\b/i;

/**
 * Whether a provider could not read something because the reader may not.
 * @param message as the engine shows it
 */
export function refusalIn(message: string): UserError | undefined {
  if (otherReasons.test(message)) return undefined;
  for (const [pattern, permission] of named) {
    const match = pattern.exec(message);
    if (match) return { permission: permission(match) };
  }
  return unnamed.test(message) ? { permission: undefined } : undefined;
}
