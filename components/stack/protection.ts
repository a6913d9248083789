import { RunError } from "@pulumi/pulumi";
import type { Protection } from "../contracts";
import type { OperationsSettings } from "./settings";

/**
 * Protects what holds data in a stack that asks for it. A resource that `operations.unprotected` names may be deleted or
 * replaced by the next `up`; everything else makes its preview fail with its name.
 */
export class StackProtection implements Protection {
  readonly #asked = new Set<string>();

  constructor(private readonly settings: Pick<OperationsSettings, "protect" | "unprotected">) {}

  covers(name: string): boolean {
    this.#asked.add(name);
    return this.settings.protect && !this.settings.unprotected.includes(name);
  }

  /**
   * To be called when every resource has asked.
   * @throws RunError naming an entry of `operations.unprotected` that is nothing which can be protected
   */
  check(): void {
    const unknown = this.settings.unprotected.filter((name) => !this.#asked.has(name));
    if (unknown.length === 0) return;
    throw new RunError(
      unknown
        .map(
          (name) =>
            `operations.unprotected: "${name}" is not the name of anything that is protected; use one of ${[...this.#asked].sort().join(", ")}`,
        )
        .join("\n"),
    );
  }
}
