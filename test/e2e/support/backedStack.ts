import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, visit } from "yaml";
import { repository } from "../../support/plan";
import { askPostgres } from "./database";
import { Example } from "./example";
import { eventually, npmRun } from "./system";

const settings = ["config", "switchboard:postgres", "backup"];

/** A stack whose Postgres in the cluster has backups, and what its people do with it. */
export class BackedStack extends Example {
  readonly #file = join(repository, "Pulumi.backups.yaml");

  constructor() {
    super("backups");
  }

  /** Puts the stack's file in its place, with a key of its own. @param storage of the server and of its repository */
  async begin(storage = "1Gi"): Promise<void> {
    copyFileSync(join(repository, "test/e2e/fixtures/backups/Pulumi.backups.yaml"), this.#file);
    const path = "switchboard:postgres.backup.encryptionKey";
    const key = randomBytes(36).toString("base64");
    const { exitCode, output } = await npmRun("pulumi", ["backups", "config", "set", "--secret", "--path", path, key]);
    assert.equal(exitCode, 0, output);
    this.#change(["config", "switchboard:postgres", "storage"], storage);
    this.set("repository", { kind: "volume", storage });
  }

  /** Sets a key of the backups. */
  set(key: string, value: unknown): void {
    this.#change([...settings, key], value);
  }

  #change(path: readonly string[], value: unknown): void {
    const document = parseDocument(readFileSync(this.#file, "utf8"));
    const node = document.createNode(value);
    // Pulumi makes something else of a time without quotes.
    visit(node, {
      Scalar: (_key, scalar) => {
        if (typeof scalar.value === "string") scalar.type = "QUOTE_DOUBLE";
      },
    });
    document.setIn(path, node);
    writeFileSync(this.#file, document.toString());
  }

  /** Runs a statement as the administrator of the server that the apps use; the rows are lines. */
  async sql(statement: string): Promise<string> {
    const document = parseDocument(readFileSync(this.#file, "utf8"));
    const server = Number(document.getIn(["config", "switchboard:postgres", "server"]) ?? 1);
    return (await askPostgres(statement, this.name, server)).join("\n");
  }

  /** Waits until all that was written is in the repository. */
  async archived(): Promise<void> {
    const segment = await this.sql("SELECT pg_walfile_name(pg_switch_wal())");
    await eventually("the log is archived", 120, async () =>
      (await this.sql(`SELECT coalesce(last_archived_wal, '') >= '${segment}' FROM pg_stat_archiver`)) === "t"
        ? true
        : undefined,
    );
  }

  /** Runs the drill now. @returns what it says */
  async drill(): Promise<{ verdict: string; compared: { problems: string[]; rows: number }; restoreSeconds: number }> {
    const name = `drill-${randomBytes(3).toString("hex")}`;
    await this.kubectl("create", "job", name, "--from=cronjob/postgres-drill");
    await eventually("the drill has ended", 600, async () => {
      const { status } = JSON.parse(await this.kubectl("get", "job", name, "--output=json"));
      return status.conditions?.some(({ type }: { type: string }) => /^(Complete|Failed)$/.test(type)) || undefined;
    });
    const log = await this.kubectl("logs", `job/${name}`, "--tail=-1");
    await this.kubectl("delete", "job", name);
    return JSON.parse(log.split("\n").find((line) => line.startsWith('{"message":"drill"')) ?? log);
  }

  /** Deletes the volume of the server, as docs/data.md says. */
  async loseVolume(): Promise<void> {
    await this.kubectl("scale", "statefulset/postgres", "--replicas=0");
    await this.kubectl("wait", "--for=delete", "pod/postgres-0", "--timeout=180s");
    await this.kubectl("delete", "pvc", "data-postgres-0");
  }
}
