import type { CloudCliWords } from "../../shared/cloudCliError";

/**
 * What the AWS CLI says. Errors of the services are `An error occurred (<code>) when calling the <operation> operation`;
 * the codes are those of the services' models (botocore: rds 2014-10-31, elasticache 2015-02-02).
 */
export const awsCliWords: CloudCliWords = {
  program: "aws",
  logIn: "aws sso login, or choose a profile (AWS_PROFILE=…)",
  troubles: [
    [
      "logged out",
      /Unable to locate credentials|\((ExpiredToken\w*|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|RequestExpired)\)|SSO session|Token has expired|Error loading SSO Token|config profile|aws login/,
    ],
    ["throttled", /\((Throttling\w*|ThrottledException|RequestLimitExceeded|TooManyRequests\w*|RequestThrottled\w*)\)/],
    ["denied", /\((AccessDenied\w*|UnauthorizedOperation|AuthorizationError|NotAuthorized)\)/],
    ["not found", /\((\w*NotFound\w*)\)/],
    ["busy", /\(Invalid(DBInstance|ReplicationGroup|CacheCluster)State\w*\)/],
    ["silent", /Could not connect to the endpoint|Connect timeout|Read timeout/],
  ],
  right: /not authorized to perform: ([\w-]+:\w+)/,
};
