import type { AppHealth } from "../shared/health";

/** How the panel is seen. */
export const panelHealth: AppHealth = {
  output: "panelUrl",
  answer: { kind: "page", path: "/login" },
  // What the kubelet is told is not public, and a pod that is not ready says why.
  servers: { workload: "panel", container: "web", path: "/readyz" },
  // apps/panel/src/backlog.js
  backlog: { workload: "workers", pods: { name: "panel", component: "worker" }, message: "jobs to be done" },
};
