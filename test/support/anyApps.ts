import fc from "fast-check";

/** Apps as people write them, right and wrong. */
type Raw = Record<string, any>;

const digest = `@sha256:${"0".repeat(64)}`;
const some = <T>(value: fc.Arbitrary<T>, maxLength = 2) => fc.array(value, { maxLength });

const appNames = ["shop", "a", "mail-2", "x9", "api-of-the-long-name", "paneling", "web", "a-web", "a-release"];
const processNames = ["web", "worker", "w", "grpc-2", "process-of-long-name", "mail", "web-w"];
const sidecarNames = ["tls", "proxy", "s", "sidecar-of-long-name"];
const volumeNames = ["uploads", "cache", "v"];
const filePaths = ["/etc/app/app.yaml", "/etc/app/tls.conf", "/srv/x.txt", "/app/config/settings.production.toml"];
const mountPaths = ["/srv/uploads", "/var/cache/app", "/data", "/etc/app"];
const variables = ["FEED", "LANG_OF_PAGES", "X", "_Y1", "HTTP_PROXY_HOST"];
const words = fc.constantFrom("bin/app", "serve", "--port", "3000", "a b", "$(PORT)", "ä", "'x'", "-");

const command = fc.array(words, { minLength: 1, maxLength: 4 });
const image = fc.constantFrom(
  "registry.example/own:1.4.2",
  `registry.example/own${digest}`,
  `r.example:5000/a/b:x_1${digest}`,
);
const portNumber = fc.oneof(
  fc.constantFrom(80, 3000, 4000, 8080, 8443, 9100, 65_535),
  fc.integer({ min: 1, max: 65_535 }),
);
const resources = fc.record(
  {
    cpu: fc.constantFrom("5m", "50m", "0.25", "1"),
    memory: fc.constantFrom("16Mi", "64Mi", "96Mi", "1Gi"),
    cpuLimit: fc.constantFrom("500m", "2", "3"),
    memoryLimit: fc.constantFrom("256Mi", "1Gi", "2Gi"),
    tmpSize: fc.constantFrom("1Mi", "64Mi", "2Gi"),
  },
  { requiredKeys: [] },
);
const probe = (port?: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.record(
      {
        kind: fc.constant("http"),
        ready: fc.constantFrom("/", "/up", "/healthz?full=1"),
        live: fc.constantFrom("/livez", "/up"),
        startupSeconds: fc.integer({ min: 1, max: 3600 }),
        ...(port && { port }),
      },
      { requiredKeys: ["kind", "ready"] },
    ),
    fc.record(
      { kind: fc.constant("tcp"), startupSeconds: fc.constantFrom(1, 61), ...(port && { port }) },
      { requiredKeys: ["kind"] },
    ),
    fc.record({ kind: fc.constant("command"), command }),
    fc.constant({ kind: "none" }),
  );

// Not 443, which the invariants try, nor ports of the stores: what is open is what the app says.
const egress = some(
  fc.oneof(
    fc.record({ to: fc.constant("internet"), ports: fc.constantFrom([587], [8443, 993]) }),
    fc.record({ to: fc.constantFrom("10.20.0.0/16", "2001:db8::/32"), ports: fc.constant([5671]) }),
    fc.record({
      service: fc.record({ namespace: fc.constant("mail"), podLabels: fc.constant({ app: "relay" }) }),
      ports: fc.constant([1025]),
    }),
  ),
  2,
);

const route = fc.record(
  {
    host: fc.constantFrom("shop.example.com", "a.b.example.org", "x1.example.net", "panel.example.com"),
    path: fc.constantFrom("/", "/shop", "/shop/admin", "/v1.2"),
    stripPath: fc.boolean(),
    websocket: fc.boolean(),
    bodySize: fc.constantFrom("1k", "4m", "1g"),
    timeoutSeconds: fc.constantFrom(1, 300),
    loginPath: fc.constantFrom("/login", "/shop/login"),
    socketsOnly: fc.boolean(),
    only: fc.constantFrom(["/socket"], ["/", "/a"]),
    closed: fc.constantFrom(["/readyz"], ["/shop", "/login"]),
    allow: fc.constantFrom(["203.0.113.0/24"], ["10.0.0.0/8", "2001:db8::/32"]),
  },
  { requiredKeys: ["host"] },
);

const mounts = fc.dictionary(fc.constantFrom(...mountPaths), fc.constantFrom(...volumeNames), { maxKeys: 2 });
const env = fc.dictionary(fc.constantFrom(...variables), fc.constantFrom("", "on", "1", "$(POD_NAME)", "ü\n{}"), {
  maxKeys: 2,
});
const secretEnv = fc.dictionary(fc.constantFrom("PAYMENT_KEY", "API_TOKEN"), fc.constant("drawn-secret-value"), {
  maxKeys: 2,
});

const sidecar = fc.record(
  {
    image,
    command,
    user: fc.constantFrom(1, 101, 65_535),
    ports: fc.dictionary(fc.constantFrom("tls", "metrics", "grpc"), portNumber, { maxKeys: 2 }),
    resources,
    probe: probe(fc.constantFrom("tls", "metrics")),
    stopSeconds: fc.integer({ min: 1, max: 100 }),
    files: fc.subarray(filePaths, { maxLength: 2 }),
    mounts,
    env,
    secretEnv,
  },
  { requiredKeys: ["image"] },
);

const receivers = fc.constantFrom(["web"], ["worker", "release"], ["nightly"], ["after"]);

const process = fc.record(
  {
    name: fc.constantFrom("own-name", "shop-web", "web"),
    backlog: fc.constant("jobs to be done"),
    command,
    port: portNumber,
    servicePort: fc.constantFrom("tls", "metrics"),
    replicas: fc.constantFrom(0, 1, 2, 3, 5),
    tls: fc.constantFrom("none", "own", "platform"),
    resources,
    probe: probe(),
    strategy: fc.constantFrom("rolling", "recreate"),
    stopSeconds: fc.integer({ min: 1, max: 200 }),
    connections: fc.integer({ min: 0, max: 6 }),
    route: fc.oneof(route, fc.array(route, { minLength: 1, maxLength: 2 })),
    cluster: fc.constant({ kind: "beam" }),
    egress,
    mounts,
    sidecars: fc.dictionary(fc.constantFrom(...sidecarNames), sidecar, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);

const once = fc.record(
  { command, deadlineSeconds: fc.integer({ min: 10, max: 3600 }), resources },
  { requiredKeys: ["command"] },
);
const schedule = fc.record(
  {
    cron: fc.constantFrom("17 3 * * *", "*/5 * * * 1-5", "0 0 1 1 *"),
    timeZone: fc.constantFrom("Etc/UTC", "Europe/Madrid"),
    command,
    deadlineSeconds: fc.integer({ min: 10, max: 86_400 }),
    resources,
    egress,
  },
  { requiredKeys: ["cron", "command"] },
);

const app = fc.record(
  {
    image,
    user: fc.constantFrom(1, 101, 10_001, 65_535),
    processes: fc.dictionary(fc.constantFrom(...processNames), process, { minKeys: 1, maxKeys: 3 }),
    release: once,
    after: once,
    schedules: fc.dictionary(fc.constantFrom("nightly", "s", "schedule-of-long-nam"), schedule, { maxKeys: 2 }),
    console: fc.record({ command, script: command, expression: fc.constant("p(%s)") }, { requiredKeys: ["command"] }),
    uses: fc.record(
      {
        postgres: fc.boolean(),
        redis: fc.boolean(),
        redisPrefix: fc.constantFrom("own:", "a/b."),
        apps: fc.subarray([...appNames, "shop/web"], { maxLength: 2 }),
        session: fc.boolean(),
        addresses: fc.subarray([...appNames, "shop/web"], { maxLength: 2 }),
        schemas: fc.subarray(appNames, { maxLength: 2 }),
        keys: fc.subarray(["shop/TOKEN", "a/_k", "shop/none"], { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    env,
    secretEnv,
    secretFrom: fc.dictionary(fc.constantFrom("MAIL_TOKEN", "X"), fc.constant({ secret: "mail-login", key: "token" }), {
      maxKeys: 1,
    }),
    externalSecrets: fc.dictionary(
      fc.constantFrom("SEARCH_TOKEN", "FEED"),
      fc.constant({ store: { kind: "ClusterSecretStore", name: "vault" }, key: "shop/search" }),
      { maxKeys: 1 },
    ),
    generated: fc.dictionary(
      fc.constantFrom("SESSION_KEY", "session_key", "X_"),
      fc.record({ file: fc.boolean(), for: receivers, generation: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
      { maxKeys: 2 },
    ),
    keys: fc.dictionary(fc.constantFrom("TOKEN", "_k"), fc.record({ for: receivers }, { requiredKeys: [] }), {
      maxKeys: 2,
    }),
    firstLogin: fc.constant({ email: "first@example.com", password: "SESSION_KEY" }),
    files: fc.dictionary(
      fc.constantFrom(...filePaths),
      fc.oneof(
        fc.record({ text: fc.constantFrom("", "a: 1\n"), for: receivers }, { requiredKeys: ["text"] }),
        fc.record({ secret: fc.constant("drawn-secret-value") }),
      ),
      { maxKeys: 3 },
    ),
    volumes: fc.dictionary(
      fc.constantFrom(...volumeNames),
      fc.record(
        {
          storage: fc.constantFrom("1Mi", "96Mi", "3Gi"),
          persistent: fc.boolean(),
          accessMode: fc.constantFrom("ReadWriteOnce", "ReadWriteMany"),
          storageClass: fc.constant("shared"),
        },
        { requiredKeys: ["storage"] },
      ),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: ["image", "processes"] },
);

/** Apps of the right form, as a stack's file declares them. What is between their parts is often wrong. */
export const anyApps: fc.Arbitrary<Raw> = fc.dictionary(fc.constantFrom(...appNames), app, { minKeys: 1, maxKeys: 3 });

/**
 * The same with what is wrong taken out, key by key, as a person would who follows the errors.
 *
 * @param problems what a stack with these apps is told, each beginning with its key
 * @returns undefined where nothing is left
 */
export function mended(apps: Raw, problems: (apps: Raw) => readonly string[]): Raw | undefined {
  const left: Raw = structuredClone(apps);
  for (let tries = 0; tries < 60; tries++) {
    const found = problems(left);
    if (found.length === 0) return left;
    const before = JSON.stringify(left);
    for (const problem of found) remove(left, pathOf(problem));
    if (JSON.stringify(left) === before || Object.keys(left).length === 0) return undefined;
  }
  return undefined;
}

/** The path that a problem names below `apps`. */
function pathOf(problem: string): string[] {
  const [key] = /^(?:[^:[]|\[[^\]]*\])+/.exec(problem)!;
  return [...key.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)]
    .map(([, quoted, index, plain]) => quoted ?? index ?? plain!)
    .slice(1);
}

/** Removes a value; what cannot be without it goes too. */
function remove(apps: Raw, path: readonly string[]): void {
  for (let length = path.length; length > 0; length--) {
    const parent = path.slice(0, length - 1).reduce<Raw | undefined>((here, key) => here?.[key], apps);
    const key = path[length - 1]!;
    if (!parent || !Object.hasOwn(parent, key)) continue;
    // An image is needed, and so is one process: then the whole goes.
    if (key === "image" || key === "processes" || key === "host" || key === "storage") continue;
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return;
  }
}
