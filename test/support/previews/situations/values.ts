import { layerKey } from "../../project";
import type { Edit, Situation } from "../situation";

const variables =
  (env: Record<string, string>): Edit =>
  ({ panel }) => {
    panel.env = env;
  };
const secret = { secure: "v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
/** What no output of anything may show. */
const plainText = "correct-horse-battery-staple-0451";

const schedules =
  (count: number): Edit =>
  ({ panel }) => {
    for (let i = 0; i < count; i++) {
      const name = `tenant-${String(i).padStart(3, "0")}`;
      panel.schedules[name] = { cron: `${i % 60} ${i % 24} * * *`, command: ["node", "src/main.js", "cleanup", name] };
    }
  };

/** Changes of secrets, and values that are hard to show. */
export const values: readonly Situation[] = [
  {
    name: "secret-changed",
    about: "a secret of the panel has another value",
    stack: "prod",
    secretKeys: [layerKey("panel")],
    from: ({ panel }) => {
      panel.secretEnv = { MAIL_PASSWORD: plainText };
    },
    to: ({ panel }) => {
      panel.secretEnv = { MAIL_PASSWORD: secret };
    },
  },
  {
    name: "secret-new",
    about: "the panel gets a secret that it did not have",
    stack: "prod",
    to: ({ panel }) => {
      panel.secretEnv = { MAIL_PASSWORD: secret };
    },
  },
  {
    name: "secret-from-plain",
    about: "what was a plain variable of the panel is a secret now",
    stack: "dev",
    secretKeys: [layerKey("panel")],
    from: ({ panel }) => {
      panel.secretEnv = { MAIL_RELAY: plainText };
    },
    state: (resources) => {
      const clear = { name: "MAIL_RELAY", value: `smtp://panel:${plainText}@mail.example.com:587` };
      for (const resource of resources) {
        if (!/:(Deployment|CronJob|Job)$/.test(resource.type)) continue;
        const text = JSON.stringify(resource.inputs);
        resource.inputs = JSON.parse(text, (_, value) => (value?.name === "MAIL_RELAY" ? clear : value));
        resource.outputs = { ...resource.outputs, ...resource.inputs };
      }
    },
    to: ({ panel }) => {
      panel.secretEnv = { MAIL_RELAY: secret };
    },
  },
  {
    name: "secret-newly-secret",
    about: "what the state has in clear is secret in the program",
    stack: "prod",
    state: (resources) => {
      for (const { type, inputs, outputs } of resources) {
        if (type !== "kubernetes:core/v1:Secret") continue;
        inputs.stringData = { "legacy-key": plainText };
        outputs.stringData = inputs.stringData;
      }
    },
  },
  {
    name: "unicode",
    about: "variables in other scripts, with emoji, right-to-left marks and combining letters",
    stack: "dev",
    from: variables({ GREETING: "hello" }),
    to: variables({
      GREETING: "Grüß Gott — こんにちは 👩‍👩‍👧‍👦 مرحبا",
      DIRECTION: "abc\u202Egnp.exe",
      ZALGO: "z\u0350\u0351a\u0352l\u0353g\u0354o",
      INVISIBLE: "zero\u200Bwidth\u2060joiner\uFEFF",
    }),
  },
  {
    name: "injection",
    about: "variables that hold Markdown, HTML, fences, mentions, colours and new lines",
    stack: "dev",
    from: variables({ NOTE: "plain", CELL: "a|b" }),
    to: variables({
      NOTE: "</details></summary><script>alert(1)</script><img src=x onerror=alert(1)>",
      FENCE: "```\n~~~~\n````\n# heading\n```diff\n- x\n+ y\n```",
      CELL: "a|b\\|c | d\n| --- | --- |",
      MENTION: "@everyone @switchboard/admins #1 GH-2 owner/repo#3 https://evil.example/?a=1 www.evil.example",
      LINK: "[click](javascript:alert(1)) ![i](https://evil.example/pixel.png) <https://evil.example>",
      COMMENT: "<!-- switchboard-preview --> --> <!--",
      COLOUR: "\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
      CONTROL: "nul-less \u0001\u0007\b bell, tab\tand CR\rLF\r\nend",
      MATH: "$$x$$ $`y`$ :tada: &lt;b&gt; &#x3C;",
      SUGGESTION: "```suggestion\nrm -rf /\n```",
    }),
  },
  {
    name: "injection-command",
    about: "a scheduled command of mischief",
    stack: "dev",
    to: ({ panel }) => {
      panel.schedules.mischief = {
        cron: "0 0 1 1 *",
        command: ["sh", "-c", "echo '```' '</pre></details>' \"$(cat /etc/passwd)\" | tee `date` @admin\n- [ ] task"],
      };
    },
  },
  {
    name: "long-names",
    about: "names as long as they may be",
    stack: "dev",
    to: ({ panel }) => {
      panel.schedules["a".repeat(46)] = { cron: "0 0 * * *", command: ["node", "src/main.js", "cleanup"] };
      panel.env = { [`VERY_${"LONG_".repeat(40)}NAME`]: "x" };
    },
  },
  {
    name: "long-values",
    about: "a variable of thirty thousand characters in one line, and one of two thousand lines",
    stack: "dev",
    from: variables({ LINE: "b".repeat(20_000), LINES: "line\n".repeat(1500) }),
    to: variables({
      LINE: "0123456789".repeat(3000),
      LINES: Array.from({ length: 2000 }, (_, i) => `line ${i}`).join("\n"),
    }),
  },
  {
    name: "hundreds",
    about: "a hundred and thirty scheduled commands: more than five hundred new resources",
    stack: "dev",
    from: ({ postgres }) => {
      postgres.maxConnections = 800;
    },
    to: (layers) => {
      layers.postgres.maxConnections = 800;
      schedules(130)(layers);
    },
  },
  {
    name: "everything-labelled",
    about: "the stage is called otherwise, which every object's labels say",
    stack: "prod",
    to: ({ operations }) => {
      operations.stage = "production";
    },
  },
];
