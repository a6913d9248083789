import { PolicyPack } from "@pulumi/policy";
import { rules } from "../policies";
import { maskEngineValues } from "./engineValues";
import { policiesOf } from "./policies";

/** Serves the rules to the engine that has started this process, until it goes. */
export function serve(): void {
  maskEngineValues();
  new PolicyPack("switchboard", { policies: policiesOf(rules), enforcementLevel: "mandatory" });
}
