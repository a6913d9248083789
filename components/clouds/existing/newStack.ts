import type { Change } from "../../schema/change";
import { answered, type NewStackKind, type Question, usesStore } from "../shared/newStack";

/** How the namespace of a stack on a cluster that is there is asked for. */
export const namespaceQuestion: Question = {
  key: "namespace",
  flag: "namespace",
  message: "Namespace, which this stack makes and owns",
  help: "the namespace, which the stack makes (default: switchboard-<name>)",
  settings: ["cluster.namespace"],
  suggestion: ({ name }) => `switchboard-${name}`,
  optional: true,
};

/** What the development stack becomes for one person. */
export const smallDevelopment: readonly Change[] = [["operations.protect", false]];

const existing: NewStackKind = {
  base: "dev",
  offered: "a cluster that is there, of a kubeconfig",
  place: "a cluster of a kubeconfig",
  questions: [
    {
      key: "context",
      flag: "context",
      message: "Context of the kubeconfig (kubectl config get-contexts)",
      help: "context of the kubeconfig",
      settings: ["cluster.context", "cluster.kubeconfig"],
    },
    namespaceQuestion,
    {
      key: "redisImage",
      flag: "redis-image",
      message: "Image of Redis with its digest (docker buildx imagetools inspect redis:7.4-bookworm)",
      help: "image of Redis with its digest, for production",
      settings: ["redis.image"],
      applies: (given) => given.size === "production" && usesStore(given, "redis"),
    },
  ],
  imageQuestions: [
    {
      key: "registry",
      flag: "registry",
      message: "Registry for the images (as it is for kind, k3d, minikube)",
      help: "registry for the images that are built (default: localhost/switchboard)",
      settings: ["apps"],
      suggestion: () => "localhost/switchboard",
      optional: true,
    },
  ],
  registry: ({ registry }) => registry,
  changes: ({ context, namespace, size, redisImage }, { images }) =>
    answered([
      ["cluster.context", context],
      ["cluster.namespace", namespace],
      ["edge.httpsPort", 443],
      ["edge.httpPort", 80],
      ...(size === "production"
        ? ([
            ["postgres.image", images.postgres],
            ["redis.image", redisImage],
            ["edge.image", images.edge],
          ] as const)
        : []),
    ]),
  sizes: {
    small: smallDevelopment,
    production: [
      ["postgres.storage", "20Gi"],
      ["postgres.resources", { cpu: "500m", memory: "1Gi" }],
      ["postgres.maxConnections", 200],
      ["redis.storage", "2Gi"],
      ["redis.maxMemory", "360Mi"],
      ["redis.resources", { cpu: "100m", memory: "512Mi" }],
      ["edge.replicas", 3],
      ["edge.resources", { cpu: "250m", memory: "128Mi" }],
      ["operations.protect", true],
    ],
  },
  up: "build the images, bring them to the cluster, and bring the stack up",
};

/** What a new stack on a cluster that is there is asked and made of, by its kind of cluster. */
export const newStack = { existing };
