import { secretOf } from "../../lib/engineValues";
import type { Facts } from "../clouds/shared/facts";
import { atLeast, demand } from "../clouds/shared/facts/demand";
import { keptInState } from "./tls";

/** Types of `@pulumi/random`. */
export const random: Facts = {
  "random:index/randomPassword:RandomPassword": {
    stateful: {
      noun: "generated password",
      loss: "the password is another one; whoever still uses the old one is locked out, and what was signed with it is void",
    },
    demands: {
      "generated-secret-strong": demand("length", atLeast(32), "keep the length in components/kubernetes/passwords.ts"),
    },
    price: keptInState,
    answer: (_inputs, { preview }) =>
      preview ? {} : { result: secretOf("generated-password-of-forty-characters-00") },
  },
  "random:index/randomId:RandomId": {
    price: keptInState,
    answer: (_inputs, { preview }) => (preview ? {} : { hex: "0a1b2c3d" }),
  },
  "random:*": { price: keptInState },
};
