import { createHash } from "node:crypto";

/**
 * Forms that secrets have in free text. No secret stands here: each is made when the tests run, from a hash and from parts,
 * so that no scanner finds one in the repository.
 */
export interface SecretForm {
  readonly text: string;
  /** What may not be seen of it afterwards. */
  readonly secret: string;
  /** What has to be seen of it afterwards. */
  readonly stays?: string;
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** So many characters of an alphabet, the same for the same seed; never twice the same for another. */
export function made(length: number, seed: string, alphabet = letters): string {
  let text = "";
  for (let round = 0; text.length < length; round++) {
    for (const byte of createHash("sha256").update(`${seed} ${round}`).digest())
      text += alphabet[byte % alphabet.length];
  }
  // With a digit and letters of both cases, as generators make them.
  return alphabet === letters ? `x7Q${text}`.slice(0, length) : text.slice(0, length);
}

const hex = "0123456789abcdef";
const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const url64 = `${letters}-_`;

/** Vendors' tokens by name: what they begin with, and the rest. */
export const tokens: Readonly<Record<string, string>> = {
  "GitHub, personal": `gh${"p_"}${made(36, "ghp")}`,
  "GitHub, fine-grained": `github${"_pat_"}${made(22, "pat")}_${made(59, "fine")}`,
  "GitHub, OAuth": `gh${"o_"}${made(36, "gho")}`,
  "GitHub, server": `gh${"s_"}${made(36, "ghs")}`,
  "GitHub, refresh": `gh${"r_"}${made(76, "ghr")}`,
  GitLab: `gl${"pat-"}${made(20, "glpat")}`,
  "GitLab, runner": `gl${"rt-"}${made(20, "glrt")}`,
  "GitLab, deploy": `gl${"dt-"}${made(20, "gldt")}`,
  "AWS, key id": `AK${"IA"}${made(16, "akia", capitals)}`,
  "AWS, session": `AS${"IA"}${made(16, "asia", capitals)}`,
  "Google, API key": `AI${"za"}${made(35, "aiza")}`,
  "Google, client secret": `GOC${"SPX-"}${made(28, "gocspx")}`,
  "Google, access": `ya${"29."}${made(120, "ya29", url64)}`,
  "Google, refresh": `1/${"/0"}${made(60, "refresh", url64)}`,
  "Stripe, live": `sk${"_live_"}${made(24, "stripe")}`,
  "Stripe, restricted": `rk${"_live_"}${made(24, "stripe-r")}`,
  "Stripe, webhook": `wh${"sec_"}${made(32, "whsec")}`,
  "Slack, bot": `xo${"xb-"}${made(12, "a", "0123456789")}-${made(24, "slack")}`,
  "Slack, app": `xa${"pp-"}1-A0${made(30, "xapp")}`,
  npm: `np${"m_"}${made(36, "npm")}`,
  PyPI: `py${"pi-"}AgEIcHlwaS5vcmc${made(120, "pypi", url64)}`,
  RubyGems: `ruby${"gems_"}${made(48, "ruby", hex)}`,
  SendGrid: `S${"G."}${made(22, "sg")}.${made(43, "sg2")}`,
  Twilio: `S${"K"}${made(32, "twilio", hex)}`,
  DigitalOcean: `do${"p_v1_"}${made(64, "do", hex)}`,
  Pulumi: `pu${"l-"}${made(40, "pul", hex)}`,
  age: `AGE-${"SECRET-KEY-1"}${made(58, "age", capitals)}`,
  "Docker Hub": `dck${"r_pat_"}${made(27, "dckr")}`,
  Vault: `hv${"s."}${made(90, "vault", url64)}`,
  Databricks: `da${"pi"}${made(32, "dapi", hex)}`,
  Grafana: `gl${"sa_"}${made(32, "glsa")}_${made(8, "glsa2", hex)}`,
  "Hugging Face": `h${"f_"}${made(34, "hf")}`,
  Linear: `lin${"_api_"}${made(40, "lin")}`,
  OpenAI: `sk-${"proj-"}${made(80, "openai")}`,
  Anthropic: `sk-${"ant-"}api03-${made(93, "anthropic")}`,
  Tailscale: `ts${"key-"}auth-${made(17, "ts")}-${made(32, "ts2")}`,
  Shopify: `sh${"pat_"}${made(32, "shop", hex)}`,
  Postman: `PM${"AK-"}${made(24, "pm", hex)}-${made(34, "pm2", hex)}`,
  Atlassian: `ATA${"TT3"}${made(180, "atl", url64)}`,
  Sentry: `sn${"trys_"}${made(80, "sentry")}`,
  Notion: `nt${"n_"}${made(46, "ntn")}`,
  JWT: `ey${"J"}${made(33, "jwt", url64)}.ey${"J"}${made(60, "jwt2", url64)}.${made(43, "jwt3", url64)}`,
  JWE: `ey${"J"}${made(33, "jwe", url64)}..${made(16, "jwe2", url64)}.${made(60, "jwe3", url64)}.${made(22, "jwe4", url64)}`,
  bcrypt: `$2${"b$"}12$${made(53, "bcrypt")}`,
  Argon2: `$arg${"on2id$"}v=19$m=65536,t=3,p=4$${made(22, "salt")}$${made(43, "argon")}`,
};

const plain = made(20, "plain");
const login = Buffer.from(`panel:${plain}`).toString("base64");
const armour = (label: string) =>
  `-----BEGIN ${label}-----\n${made(64, "pem1")}\n${made(64, "pem2")}\n${made(30, "pem3")}==\n-----END ${label}-----`;
const form = (text: string, stays?: string, secret = plain): SecretForm => ({ text, secret, ...(stays && { stays }) });

/** Every other form, by name. */
export function secretForms(): Readonly<Record<string, SecretForm>> {
  const vendor = Object.entries(tokens).map(([name, token]) => [name, form(`before ${token} after`, "before", token)]);
  const schemes =
    "postgres postgresql mysql mongodb+srv redis rediss amqp amqps mssql ftp sftp smtp ldaps https http nats clickhouse ecto";
  const urls = schemes
    .split(" ")
    .map((scheme) => [
      `URL of ${scheme}`,
      form(`cannot reach ${scheme}://panel:${plain}@db.example.com:5432/x?ssl=on`, "@db.example.com:5432/x?ssl=on"),
    ]);
  const marks = [
    "@",
    ":",
    "%",
    "%40",
    "?",
    "#",
    "&",
    "!",
    "$",
    "@@",
    "://",
    "/",
    "/@",
    ";",
    ",",
    "+",
    "=",
    "*",
    "(",
    "[",
    "|",
    "~",
  ];
  const odd = marks.map((mark) => {
    const password = `ab${mark}${plain}${mark}cd9`;
    return [`a password with ${mark}`, form(`postgres://panel:${password}@db:5432/panel`, "@db:5432/panel", password)];
  });
  return {
    ...Object.fromEntries(vendor),
    ...Object.fromEntries(urls),
    ...Object.fromEntries(odd),
    "flag, blank": form(`app --password ${plain} --verbose`, "--verbose"),
    "flag, equals": form(`app --password=${plain} --verbose`, "--verbose"),
    "flag, quoted": form(`app --db-password '${plain} x' --verbose`, "--verbose"),
    "flag, one dash": form(`openssl enc -pass pass:${plain} -in file`, "-in file"),
    "flag, next line": form(`app --token \\\n  ${plain} \\\n  --verbose`, "--verbose"),
    "flag, list of JSON": form(`["app", "--api-key", "${plain}", "--verbose"]`, '"--verbose"'),
    "flag, list of YAML": form(`args:\n- --admin-password\n- ${plain}\n- --verbose`, "--verbose"),
    "mysql -p x": form(`mysql -u root -p ${plain} shop`, "shop"),
    "mysql -px": form(`mysqldump -u root -p${plain} shop`, "shop"),
    "sshpass -p": form(`sshpass -p ${plain} ssh host`, "ssh host"),
    "docker login -p": form(`docker login -u me -p ${plain} registry.example.com`, "registry.example.com"),
    "helm login -p": form(`helm registry login r.example.com -u me -p ${plain}`, "-u me"),
    "redis-cli -a": form(`redis-cli -h cache -a ${plain} ping`, "ping"),
    "ldapsearch -w": form(`ldapsearch -D cn=admin -w ${plain} -b dc=x`, "-b dc=x"),
    "curl -u": form(`curl -u panel:${plain} https://example.com/x`, "https://example.com/x"),
    "curl -u, attached": form(`curl -upanel:${plain} https://example.com/x`, "https://example.com/x"),
    "curl -u, quoted": form(`curl -u 'panel:${plain}' https://example.com/x`, "https://example.com/x"),
    "curl --user": form(`curl -sS --user panel:${plain} https://example.com/x`, "https://example.com/x"),
    "curl --user=": form(`curl -sS --user=panel:${plain} https://example.com/x`, "https://example.com/x"),
    "HTTPie -a": form(`http -a panel:${plain} https://example.com/x`, "https://example.com/x"),
    "openssl -k": form(`openssl enc -aes-256-cbc -k ${plain} -in file`, "-in file"),
    "openssl -passin": form(`openssl rsa -passin pass:${plain} -in file`, "-in file"),
    "keytool -storepass": form(`keytool -list -storepass ${plain} -v`, "-v"),
    "erl -setcookie": form(`erl -sname a -setcookie ${plain} -noshell`, "-noshell"),
    "a pipe into a login": form(`echo ${plain} | docker login -u me --password-stdin r.example.com`, "r.example.com"),
    "a quoted pipe into a login": form(`printf '${plain}' | helm registry login r -u me --password-stdin`, "-u me"),
    "aws configure set": form(`aws configure set aws_secret_access_key ${plain} --profile x`, "--profile x"),
    Dockerfile: form(`ENV API_TOKEN ${plain}\nENV PORT 3000`, "ENV PORT 3000"),
    "pulumi config set, key first": form(`pulumi config set mail.key --secret ${plain}`, "mail.key"),
    "kubectl create secret, any key": form(`kubectl create secret generic x --from-literal=k=${plain} -n y`, "-n y"),
    "DSN of Go's MySQL": form(`panel:${plain}@tcp(db:3306)/shop?tls=true`, "@tcp(db:3306)/shop?tls=true"),
    "sentence with quotes": form(`the password "${plain}" is wrong for "panel"`, 'is wrong for "panel"'),
    "pulumi config set": form(`pulumi config set --secret panel.password ${plain}`, "panel.password"),
    "kubectl create secret": form(`kubectl create secret generic x --from-literal=password=${plain}`, "generic x"),
    "Authorization: Bearer": form(`> Authorization: Bearer ${plain}`, "Bearer"),
    "Authorization: Basic": form(`Authorization: Basic ${login}`, "Basic", login),
    "Authorization: token": form(`authorization: token ${plain}`, "authorization"),
    "Authorization of curl": form(
      `curl -H "Authorization: Bearer ${plain}" https://example.com`,
      "https://example.com",
    ),
    "Authorization of JSON": form(`{"Authorization": "Bearer ${plain}", "Accept": "text/html"}`, "text/html"),
    "Proxy-Authorization": form(`Proxy-Authorization: Basic ${login}`, "Basic", login),
    "Bearer alone": form(`sent with Bearer ${plain} to host`, "to host"),
    "X-Api-Key": form(`X-Api-Key: ${plain}\nAccept: */*`, "Accept: */*"),
    "PRIVATE-TOKEN": form(`curl --header "PRIVATE-TOKEN: ${plain}" https://gitlab.com`, "https://gitlab.com"),
    "X-Vault-Token": form(`X-Vault-Token: ${plain}`, "X-Vault-Token"),
    Cookie: form(`Cookie: theme=dark; session=${plain}\nHost: example.com`, "Host: example.com"),
    "Set-Cookie": form(`set-cookie: sid=${plain}; Path=/; HttpOnly`, "set-cookie"),
    "Cookie of curl": form(`curl -H 'Cookie: sid=${plain}' https://example.com`, "https://example.com"),
    "webhook of Slack": form(`https://hooks.slack.com/services/T0/B0/${plain} is called`, "is called"),
    "webhook of Discord": form(`https://discord.com/api/webhooks/1234/${plain}`, "discord.com"),
    "webhook of Teams": form(`https://acme.webhook.office.com/webhookb2/1-2@3-4/IncomingWebhook/${plain}/5`, "acme"),
    "webhook of Power Automate": form(
      `https://prod-1.logic.azure.com:443/workflows/1/run?sp=%2Ft&sv=1.0&sig=${plain}`,
      "sv=1.0",
    ),
    "webhook of Google Chat": form(`https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=${plain}`, "spaces/A"),
    "webhook of Telegram": form(`https://api.telegram.org/bot12:${plain}/sendMessage`, "api.telegram.org"),
    "AWS, pair": form(`AK${"IA"}${made(16, "pair", capitals)},${made(40, "aws-secret")}`, ",", made(40, "aws-secret")),
    "AWS, file": form(`[default]\naws_secret_access_key = ${plain}\nregion = eu-west-1`, "region = eu-west-1"),
    "AWS, environment": form(`AWS_REGION=eu-west-1\nAWS_SECRET_ACCESS_KEY=${plain}\nHOME=/root`, "HOME=/root"),
    "AWS, presigned": form(
      `https://b.s3.amazonaws.com/x?X-Amz-Expires=60&X-Amz-Signature=${plain}`,
      "X-Amz-Expires=60",
    ),
    "Azure, storage": form(
      `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${plain}+/==;EndpointSuffix=core.windows.net`,
      "EndpointSuffix=core.windows.net",
    ),
    "Azure, bus": form(
      `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=${plain}=`,
      "SharedAccessKeyName=root",
    ),
    "Azure, SAS": form(
      `https://a.blob.core.windows.net/c?sv=2024-11-04&se=2026-01-01&sr=c&sig=${plain}%3D`,
      "se=2026-01-01",
    ),
    "ADO.NET": form(`Server=db;Database=x;User Id=sa;Password=${plain};Encrypt=true`, "Encrypt=true"),
    libpq: form(`host=db password=${plain} sslmode=require`, "sslmode=require"),
    "libpq, quoted": form(`host=db password='${plain} \\' x' sslmode=require`, "sslmode=require"),
    ".netrc": form(`machine example.com login me password ${plain}\n`, "login me"),
    ".netrc, lines": form(`machine example.com\n  login me\n  password ${plain}\n`, "login me"),
    ".npmrc": form(`//registry.npmjs.org/:_authToken=${plain}`, "registry.npmjs.org"),
    ".pgpass variable": form(`PGPASSWORD=${plain} psql -h db`, "psql -h db"),
    "docker config": form(`{"auths":{"r.example.com":{"auth":"${login}"}}}`, "r.example.com", login),
    "docker identity token": form(`{"auths":{"r":{"identitytoken":"${plain}"}}}`, "auths"),
    "kubeconfig, token": form(`- name: me\n  user:\n    token: ${plain}\n`, "name: me"),
    "kubeconfig, key": form(`    client-key-data: ${plain}${plain}=\n    x: 1`, "x: 1"),
    "kubeconfig in base64": form(
      Buffer.from(`kind: Config\nclusters: []\nusers: [{user: {token: ${plain}}}]\n`).toString("base64"),
      undefined,
      Buffer.from("kind: Config").toString("base64").slice(0, 12),
    ),
    "URL in base64": form(
      `url: ${Buffer.from(`postgres://panel:${plain}@db/x`).toString("base64")}`,
      "url: ",
      Buffer.from(`postgres://panel:${plain}@db/x`).toString("base64").slice(0, 20),
    ),
    PEM: form(armour(`RSA ${"PRIVATE"} KEY`), undefined, made(64, "pem2")),
    "PEM of OpenSSH": form(`a\n${armour(`OPENSSH ${"PRIVATE"} KEY`)}\nb`, "b", made(64, "pem2")),
    PGP: form(armour(`PGP ${"PRIVATE"} KEY BLOCK`), undefined, made(64, "pem2")),
    "PEM in JSON": form(
      JSON.stringify({ private_key: armour(`${"PRIVATE"} KEY`), type: "service_account" }),
      "service_account",
      made(64, "pem2"),
    ),
    "PEM, indented": form(armour(`EC ${"PRIVATE"} KEY`).replaceAll("\n", "\n    "), undefined, made(64, "pem2")),
    "PEM in base64": form(
      Buffer.from(armour(`${"PRIVATE"} KEY`)).toString("base64"),
      undefined,
      Buffer.from(armour(`${"PRIVATE"} KEY`))
        .toString("base64")
        .slice(40, 80),
    ),
    JSON: form(`{"user":"a","password":"${plain}","b":1}`, '"b":1'),
    "JSON, pretty": form(`{\n  "client_secret":\n    "${plain}",\n  "b": 1\n}`, '"b": 1'),
    "JSON in JSON": form(JSON.stringify({ text: JSON.stringify({ dbPassword: `${plain}"x`, b: 1 }) }), "b"),
    "JSON, list": form(`{"tokens": ["${plain}", "other"], "b": 1}`, '"b": 1'),
    "JSON, name and value": form(`{"name": "DB_PASSWORD", "value": "${plain}"}`, "DB_PASSWORD"),
    YAML: form(`db:\n  password: ${plain}\n  host: db`, "host: db"),
    "YAML, quoted": form(`db: {password: "${plain}", host: db}`, "host: db"),
    "YAML, words": form(`password: correct horse ${plain}\nhost: db`, "host: db"),
    "YAML, block": form(`secret: |-\n  one\n  ${plain}\nhost: db`, "host: db"),
    "YAML, folded": form(`a:\n  token: >\n    ${plain}\n  host: db`, "host: db"),
    "YAML, next line": form(`password:\n  ${plain}\nhost: db`, "host: db"),
    "YAML, list": form(`tokens:\n  - ${plain}\n  - other\nhost: db`, "host: db"),
    "YAML, name and value": form(`- name: MAIL_PASSWORD\n  value: ${plain}\n- name: HOST\n  value: db`, "value: db"),
    XML: form(`<user>a</user><password>${plain}</password>`, "<user>a</user>"),
    TOML: form(`[db]\npassword = "${plain}"\nhost = "db"`, 'host = "db"'),
    INI: form(`password=${plain}\nhost=db`, "host=db"),
    "Go struct": form(`{User:a Password:${plain} Port:1}`, "Port:1"),
    "Ruby hash": form(`{:user=>"a", :password=>"${plain}"}`, '"a"'),
    Elixir: form(`config :app, password: "${plain}", port: 1`, "port: 1"),
    Python: form(`connect(user='a', password='${plain}', port=1)`, "port=1"),
    JavaScript: form(`process.env["API_TOKEN"] = "${plain}"; run()`, "run()"),
    "env dump": form(`HOME=/root\nSESSION_SECRET=${plain}\nSECRET_KEY_BASE=abc${plain}\nPATH=/bin`, "PATH=/bin"),
    "env export": form(`export SMTP_PASS="${plain}"\nexport B=1`, "export B=1"),
    "env export of Windows": form(`set MAIL_PWD=${plain}\nset B=1`, "set B=1"),
    "env of Docker": form(`-e RELEASE_COOKIE=${plain} -e B=1`, "-e B=1"),
    query: form(`GET /x?page=2&access_token=${plain}&sort=a HTTP/1.1`, "sort=a HTTP/1.1"),
    "query, encoded": form(`next=%2Fx%3Ftoken%3D${plain}%26page%3D2`, "page"),
    form: form(`user=a&password=${plain}&remember=on`, "remember=on"),
    SQL: form(`ALTER ROLE panel WITH LOGIN PASSWORD '${plain}' VALID UNTIL 'x'`, "VALID UNTIL"),
    "SQL of MySQL": form(`CREATE USER a IDENTIFIED BY '${plain}'`, "CREATE USER a"),
    "redis.conf": form(`port 6379\nrequirepass ${plain}\nuser a on >${plain} ~* +@all`, "+@all"),
    sentence: form(`the generated password is ${plain}, keep it`, "keep it"),
    "name as a token": form(
      `https://${made(40, "user", hex)}@sentry.example.com/1`,
      "sentry.example.com",
      made(40, "user", hex),
    ),
    SCRAM: form(`SCRAM-${"SHA-256$"}4096:${login}$${login}:${login}`, undefined, login),
  };
}
