import { masked } from "../../engine/resources/masked";
import { unknown } from "../../engine/resources/resource";

/** The SDK's modules that turn what the engine sends into what a policy sees. */
interface SdkInternals {
  readonly deserialize: { deserializeProperties: (struct: Struct, proxySecrets: boolean) => unknown };
  readonly proxy: { unknownCheckingProxy: (properties: unknown) => unknown } & Record<string, unknown>;
}

/** What protobuf has for a map. */
interface Struct {
  toJavaScript(): Record<string, unknown>;
}

/**
 * Makes the SDK hand over inputs as the rules read them: `[secret]` for secrets and `[unknown]` for what is not known.
 * By itself it hands secrets over in clear, so that a message could show one, and stops a whole rule at the first value
 * that is not known. Each map is read once, for all rules together.
 *
 * @throws Error when a newer SDK no longer works like this
 */
export function maskEngineValues(
  internals: SdkInternals = {
    deserialize: require("@pulumi/policy/deserialize"),
    proxy: require("@pulumi/policy/proxy"),
  },
): void {
  const { deserialize, proxy } = internals;
  if (typeof deserialize.deserializeProperties !== "function" || typeof proxy.unknownCheckingProxy !== "function")
    throw new Error(
      "@pulumi/policy has no deserializeProperties or unknownCheckingProxy any more, by which secrets are masked; " +
        "adapt review/policyPack/engineValues.ts to it, or go back to the version that package.json names",
    );
  const marks = new Set(
    Object.entries(proxy).flatMap(([name, value]) => (/^unknown\w+Value$/.test(name) ? [value] : [])),
  );
  const read = new WeakMap<object, unknown>();
  deserialize.deserializeProperties = (struct) => {
    if (!read.has(struct)) read.set(struct, masked(withoutMarks(struct.toJavaScript(), marks)));
    return read.get(struct);
  };
  proxy.unknownCheckingProxy = (properties) => properties;
}

/** The engine has a mark for each kind of value that is not known; all of them are `[unknown]` here. */
function withoutMarks(value: unknown, marks: ReadonlySet<unknown>): unknown {
  if (marks.has(value)) return unknown;
  if (Array.isArray(value)) return value.map((entry) => withoutMarks(entry, marks));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutMarks(entry, marks)]));
}
