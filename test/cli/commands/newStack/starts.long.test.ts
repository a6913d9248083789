import assert from "node:assert/strict";
import { test } from "node:test";
import { starts } from "../../../../cli/commands/newStack/starts";
import type { Given } from "../../../../components/clouds/shared/newStack";
import { plan } from "../../../support/plan";
import { layerKey } from "../../../support/project";
import { settingsOf } from "../../../support/stackSettings";
import { digest, make, places } from "./made";

const sizes = (where: string) => (where === "local" ? [undefined] : ["small", "production"]);

/** What a person answers who takes an example as it is. */
function answers(example: string, where: string, size: string | undefined): Given {
  const domain = where === "local" ? "localhost" : "acme-corp.com";
  const { apps, stores } = starts[example]!;
  // Whoever is the administrator is told of the certificate too.
  const asksAdmin = apps.some(({ hasFirstLogin }) => hasFirstLogin);
  return {
    ...{ name: "team", example, ...places[where], ...(size && { size }) },
    host: `shop.${domain}`,
    // Of the apps beside the one that people reach.
    ...Object.fromEntries(
      apps.slice(1).flatMap(({ name, host }) => (host ? [[`${name}Host`, `${name}.${domain}`]] : [])),
    ),
    ...(asksAdmin && { admin: "root@acme-corp.com" }),
    ...(where === "local"
      ? { certificate: "selfSigned" }
      : { certificate: "acme", ...(!asksAdmin && { acmeEmail: "root@acme-corp.com" }) }),
    ...(where === "existing" && size === "production" && ["both", "redis"].includes(stores) && redis),
  };
}

const redis = { redisImage: `docker.io/library/redis:7.4.2${digest}` };

for (const where of Object.keys(places)) {
  for (const size of sizes(where)) {
    for (const example of Object.keys(starts)) {
      test(`${example} on ${where}${size ? `, ${size}` : ""}: the program accepts the file that is written`, async () => {
        const { text, config, printed } = await make(answers(example, where, size));
        const stack = { name: "team", stack: "team", config, kind: "existing", namespace: "", secretKeys: [] } as const;
        const settings = settingsOf(stack);
        assert.equal(settings.operations.protect, size === "production");
        assert.deepEqual(Object.keys(settings.apps).sort(), starts[example]!.apps.map(({ name }) => name).sort());
        assert.match(text, /^# Stack team: .*\n# Every setting/);
        assert.match(text, /\n# Next: npx switchboard preview team\n$/);
        assert.match(printed, /npx switchboard preview team/);
        // A comment before each layer says what it is; the one of the apps says what to edit.
        assert.match(text, /\n {2}# Your app; edit here next: [^\n]*(\n {2}#[^\n]*)*\n {2}switchboard:apps:\n/);
        assert.doesNotMatch(
          text,
          /switchboard-prod|switchboard\.dev\b(?!\/)|123456789012/,
          "nothing of the base's own",
        );
        assert.doesNotMatch(text.replace(/#.*/g, ""), /password|secretEnv|secure:|BEGIN .*KEY/i);
      });
    }
  }
}

for (const [example, { apps }] of Object.entries(starts)) {
  // The image of a preset is the one that it knows.
  if (apps.some(({ preset }) => preset)) continue;
  for (const stores of ["none", "postgres", "redis", "both"]) {
    test(`${example} with images of one's own and ${stores}: accepted for production, and its pods run them`, async () => {
      const image = `registry.example/own:1.0${digest}`;
      const { redisImage: _, ...given } = answers(example, "existing", "production");
      const { config } = await make({
        ...{ ...given, stores, image },
        ...(apps.length > 1 && { backendImage: image, backendPort: "9000" }),
        ...(["redis", "both"].includes(stores) && redis),
      });
      const made = await plan(config, { preview: true, stack: "team" });
      const deployments = made.of("kubernetes:apps/v1:Deployment");
      for (const { name } of apps) {
        const own = deployments.filter((one) => one.name.startsWith(`${name}-`));
        assert.ok(own.length > 0, name);
        for (const { inputs } of own) assert.equal(inputs.spec.template.spec.containers[0].image, image);
      }
      assert.equal("kind" in config[layerKey("postgres")], ["postgres", "both"].includes(stores));
    });
  }
}
