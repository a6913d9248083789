import type { Situation } from "../situation";

/** Changes of what the internet sees. */
export const edge: readonly Situation[] = [
  {
    name: "host-renamed",
    about: "the panel gets another public host",
    stack: "prod",
    to: ({ edge }) => {
      edge.panel.host = "app.switchboard.dev";
    },
  },
  {
    name: "certificate-kind",
    about: "the certificate comes from Let's Encrypt instead of the stack's own authority",
    stack: "dev",
    to: ({ edge }) => {
      edge.panel.host = "panel.switchboard.dev";
      edge.chat.host = "chat.switchboard.dev";
      edge.httpsPort = 443;
      edge.httpPort = 80;
      edge.certificate = { kind: "acme", email: "admin@switchboard.dev", directory: "staging", challenge: "http01" };
    },
    from: ({ edge }) => {
      edge.panel.host = "panel.switchboard.dev";
      edge.chat.host = "chat.switchboard.dev";
      edge.httpsPort = 443;
      edge.httpPort = 80;
    },
  },
  {
    name: "service-public",
    about: "the edge gets a load balancer of its own",
    stack: "dev",
    from: ({ edge }) => {
      edge.service = { type: "NodePort" };
    },
  },
  {
    name: "service-node-port",
    about: "the edge loses its load balancer",
    stack: "dev",
    to: ({ edge }) => {
      edge.service = { type: "NodePort" };
    },
  },
  {
    name: "limits",
    about: "NGINX lets through larger bodies, so its configuration is made anew",
    stack: "prod",
    to: ({ edge }) => {
      edge.limits.bodySize = "50m";
    },
  },
];
