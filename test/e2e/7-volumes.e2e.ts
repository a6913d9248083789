/** Disks that grow while they are used, and one that is full. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import "./support/needsSystem";
import { askPostgres, inPostgres } from "./support/database";
import { logInPage, sendRequests } from "./support/ledger";
import { readOutputs } from "./support/outputs";
import { stackFile } from "./support/stackFile";
import { switchboard } from "./support/switchboard";
import { eventually, get, up } from "./support/system";

const folder = "/var/lib/postgresql/data";
const mebi = 2 ** 20;
/** The size that the stack has after its file was put back: a volume never shrinks. */
let grown = "";

before(() => stackFile.keep());
after(() => {
  stackFile.putBack();
  // The suites that follow go on with the disk as it is.
  if (grown) stackFile.set(["switchboard:postgres", "storage"], grown);
});

/** Bytes of the file system as the server sees it. */
const room = async () => {
  const answer = await inPostgres(`df --block-size=1 --output=size,avail ${folder} | tail -n 1`);
  const [size, free] = answer.trim().split(/\s+/).map(Number);
  return { size: size!, free: free! };
};
const server = async () => {
  const { metadata, status } = await get("pod", "postgres-0");
  return { uid: metadata.uid, restarts: status.containerStatuses[0].restartCount };
};

async function grow(storage: string): Promise<void> {
  stackFile.set(["switchboard:postgres", "storage"], storage);
  const { exitCode, output } = await up();
  assert.equal(exitCode, 0, output);
  grown = storage;
}

/** What the server has of the rows that it acknowledged. */
const rows = async () => Number((await askPostgres("SELECT count(*) FROM public.volumes_of_the_tests"))[0]);

test("Postgres gets a larger disk without a restart, and no request notices", async () => {
  const before = { server: await server(), ...(await room()) };
  const requests = sendRequests(logInPage(await readOutputs()), 4, true);
  await grow("1536Mi");
  const { sent, failed } = await requests.stop();
  assert.deepEqual(failed, []);
  assert.ok(sent > 0);
  assert.deepEqual(await server(), before.server);
  const { size } = await room();
  assert.ok(size > before.size + 400 * mebi, `${before.size} became ${size}`);
  const claim = await get("pvc", "data-postgres-0");
  assert.equal(claim.status.capacity.storage, "1536Mi");
});

test("a smaller one is refused by the preview, which names the key", async () => {
  stackFile.set(["switchboard:postgres", "storage"], "1Gi");
  const { exitCode, stdout, stderr } = await switchboard("preview", "dev", "--live");
  assert.notEqual(exitCode, 0, stdout);
  // Lines are as wide as the terminal.
  const said = (stdout + stderr).replace(/\s+/g, " ");
  assert.match(said, /postgres\.storage: 1Gi is less than the claim data-postgres-0 has \(1536Mi\)/);
});

test("a disk that is nearly full is told of, a full one loses nothing, and a larger one cures it", async () => {
  await askPostgres("CREATE TABLE public.volumes_of_the_tests (id bigserial PRIMARY KEY, filling text NOT NULL)");
  const insert = () =>
    askPostgres(
      "INSERT INTO public.volumes_of_the_tests (filling) SELECT repeat(md5(n::text), 200) FROM generate_series(1, 500) AS n",
    );
  await insert();
  // As much as somebody's report that was never removed: what is left is for less than two of Postgres' log files.
  const { free } = await room();
  await inPostgres(`fallocate --length ${free - 24 * mebi} ${folder}/forgotten.csv`);

  const told = await eventually("status tells of the disk", 120, async () => {
    const { stdout } = await switchboard("status", "--json");
    const { problems } = JSON.parse(stdout) as { problems: { severity: string; subject: string; what: string }[] };
    return problems.find(({ subject }) => subject === "disk data-postgres-0");
  });
  assert.equal(told.severity, "degraded");
  assert.match(told.what, /^is 9\d % full \(.*\): raise postgres\.storage and run up, before writes fail$/);

  let acknowledged = 500;
  await eventually("writes are refused", 120, async () => {
    try {
      await insert();
    } catch {
      return true;
    }
    acknowledged += 500;
    return undefined;
  });

  await grow("2Gi");
  await eventually("the server takes writes", 120, async () => (await insert().then(() => true)) || undefined);
  assert.ok(
    (await rows()) >= acknowledged + 500,
    `${await rows()} of ${acknowledged + 500} acknowledged rows are there`,
  );
  await askPostgres("DROP TABLE public.volumes_of_the_tests");
  await inPostgres(`rm ${folder}/forgotten.csv`);
});
