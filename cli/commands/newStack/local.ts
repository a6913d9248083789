import { namespaceQuestion, smallDevelopment } from "../../../components/clouds/existing/newStack";
import { answered, type NewStackKind } from "../../../components/clouds/shared/newStack";
import { localContext } from "../../../engine/stack/localNodes";

/** A new stack on the local nodes: one machine, so nothing is more than one of anything. */
export const local: NewStackKind = {
  base: "dev",
  offered: "this machine, on local nodes",
  place: "this machine",
  questions: [namespaceQuestion],
  sized: false,
  public: false,
  domain: "localhost",
  changes: ({ namespace }, { usedPorts }) => {
    const [https, http] = freePorts(usedPorts);
    return answered([
      ["cluster.context", localContext],
      ["cluster.namespace", namespace],
      ["edge.httpsPort", https],
      ["edge.httpPort", http],
    ]);
  },
  sizes: { small: smallDevelopment, production: smallDevelopment },
  up: "bring it up on this machine",
};

/** The first pair of ports from 8443 and 8080 on that no other stack of the local nodes has. */
function freePorts(used: readonly number[]): [number, number] {
  for (let step = 0; ; step++) {
    const pair: [number, number] = [8443 + step, 8080 + step];
    if (!pair.some((port) => used.includes(port))) return pair;
  }
}
