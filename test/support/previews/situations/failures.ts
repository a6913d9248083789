import { policyPackFlags } from "../../policyPack";
import type { Situation } from "../situation";

/** Previews that do not come to an end. */
export const failures: readonly Situation[] = [
  {
    name: "settings-wrong",
    about: "several settings are wrong, told all at once",
    stack: "prod",
    to: ({ panel, chat, edge, operations }) => {
      panel.replicaz = 3;
      chat.replicas = 0;
      edge.limits.login = "often";
      operations.stage = "Production!";
    },
  },
  {
    name: "program-throws",
    about: "the program has a defect",
    stack: "dev",
    preload: "test/support/previews/defect.cjs",
  },
  {
    name: "provider-error",
    about: "the cloud refuses the cluster",
    stack: "prod",
    from: "nothing",
    // One after the other: else it depends on the machine what was done before the first refusal.
    flags: ["--json", "--show-sames", "--parallel", "1"],
    drifted: {
      "cluster-gke": {
        refused:
          "googleapi: Error 403: Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '48.0' and is short '24.0', quotaExceeded",
      },
    },
  },
  {
    name: "policy-veto",
    about: "the policy pack refuses what the settings allow: backups of one day",
    stack: "prod",
    to: ({ postgres }) => {
      postgres.backups = { transactionLogDays: 1 };
    },
    flags: ["--json", "--show-sames", ...policyPackFlags()],
  },
  {
    name: "provider-error-secret",
    about: "an error that quotes a connection URL, a token and a key",
    stack: "dev",
    drifted: {
      "panel-deployment": {
        refused:
          "cannot reach postgres://panel:s3cr3t-Passw0rd@postgres:5432/switchboard with eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl\n" +
          "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----",
      },
    },
  },
  {
    name: "target-unknown",
    about: "the command names a target that is not there",
    stack: "dev",
    flags: ["--json", "--target", "urn:pulumi:dev::switchboard::kubernetes:core/v1:Service::no-such-thing"],
  },
  {
    name: "stack-missing",
    about: "there is no such stack: the CLI fails before it has anything to report",
    stack: "dev",
    flags: ["--json", "--stack", "staging"],
  },
];
