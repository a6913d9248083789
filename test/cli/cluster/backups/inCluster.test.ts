import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackupSchedule, backupJob } from "../../../../cli/cluster/backups/inCluster";

const schedule = {
  metadata: { name: "postgres-backup-full", namespace: "shop" },
  spec: {
    jobTemplate: {
      spec: {
        activeDeadlineSeconds: 43_200,
        template: {
          metadata: {
            labels: {
              "app.kubernetes.io/name": "postgres",
              "app.kubernetes.io/component": "backup",
              "app.kubernetes.io/managed-by": "pulumi",
            },
          },
          spec: {
            containers: [{ name: "backup", image: "postgres:17", command: ["sh", "-c", "of the schedule"] }],
            affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } },
            volumes: [{ name: "repository", persistentVolumeClaim: { claimName: "postgres-backup-repository" } }],
          },
        },
      },
    },
  },
} as unknown as BackupSchedule;

const caller = { by: "ada@laptop", at: new Date(0), client: "" };

test("a job has the pod of the schedule and another script; nobody misses it when it is gone", () => {
  const job = backupJob(schedule, { script: "list", purpose: "backups", alone: false, caller });
  assert.match(job.metadata.name, /^postgres-backups-\w{5}$/);
  assert.equal(job.metadata.labels["app.kubernetes.io/component"], "backup");
  assert.equal(job.metadata.labels["app.kubernetes.io/managed-by"], "switchboard");
  const { containers, affinity, volumes } = job.spec.template.spec;
  assert.deepEqual(containers[0]!.command, ["sh", "-c", "list"]);
  assert.equal(volumes!.length, 1);
  assert.ok(affinity);
  assert.deepEqual([job.spec.backoffLimit, job.spec.activeDeadlineSeconds], [0, 43_200]);
});

test("while the server has no pod, the volume is wherever it can be", () => {
  const job = backupJob(schedule, { script: "list", purpose: "backups", deadlineSeconds: 60, alone: true, caller });
  assert.equal(job.spec.template.spec.affinity, undefined);
  assert.equal(job.spec.activeDeadlineSeconds, 60);
});
