import { z } from "zod";
import type { SettingsContext } from "../context";
import { choice, flag, oneOfKinds, whole } from "../fields";
import { certificateKinds } from "../kinds";
import { image } from "../values/image";
import { bodySize, cidr, host, path, rate } from "../values/network";
import { resources } from "../values/resources";

/** Ports that the API server hands out for NodePort unless it is told otherwise (`--service-node-port-range`). */
const nodePort = () => whole(30000, 32767);
const port = () => whole(1, 65535);

/** A group that is left out is read as an empty one, so that each key that is missing is named. */
const nothing = {} as never;

/** NGINX: the public addresses, TLS, limits and the load balancer. */
export const edge = (context: SettingsContext) =>
  z.strictObject({
    image: image(context, "NGINX 1.22 or newer"),
    replicas: whole(1, 100, "", "2 or more for releases without downtime")
      .prefault(2)
      .describe("pods of the proxy; with 1, each loss of a node or pod is an outage"),
    resources: resources({ cpu: "50m", memory: "64Mi" }),
    service: z
      .strictObject({
        type: choice(["LoadBalancer", "NodePort"])
          .prefault("LoadBalancer")
          .describe("how the proxy is reached from outside the cluster"),
        httpsNodePort: nodePort()
          .optional()
          .describe("port of every node for HTTPS, with type NodePort; default: chosen by the cluster"),
        httpNodePort: nodePort()
          .optional()
          .describe("port of every node for HTTP, with type NodePort; default: chosen by the cluster"),
      })
      .prefault({}),
    panel: z.strictObject({ host: host().describe("public host name of the panel") }).prefault(nothing),
    chat: z
      .strictObject({
        host: host().describe("public host name of the chat; may be the panel's, with another path"),
        path: path().prefault("/").describe("path below which the chat is reached"),
      })
      .prefault(nothing),
    httpsPort: port().prefault(443).describe("port that clients use for HTTPS, part of every URL"),
    httpPort: port()
      .prefault(80)
      .describe("port that clients use for HTTP, which redirects and answers ACME authorities"),
    certificate: oneOfKinds(certificateKinds, context).prefault(nothing),
    limits: z
      .strictObject({
        login: rate().prefault("5r/m").describe("log-in attempts of one address, per second (`r/s`) or minute (`r/m`)"),
        loginBurst: whole(0, 1000).prefault(10).describe("attempts beyond the rate that are let through at once"),
        connectionsPerAddress: whole(1, 100_000)
          .prefault(100)
          .describe("connections of one address at once, to each pod of the proxy"),
        bodySize: bodySize().prefault("10m").describe("largest request, in NGINX' units (`k`, `m`, `g`)"),
      })
      .prefault({}),
    clientAddress: z
      .strictObject({
        from: choice(["connection", "proxyProtocol", "xForwardedFor"])
          .prefault("connection")
          .describe(
            "where the client's address is read: the connection itself, the PROXY protocol or X-Forwarded-For of a balancer",
          ),
        trustedProxies: z.array(cidr()).prefault([]).describe("networks of the balancers whose word is taken"),
      })
      .prefault({}),
    websocketIdleSeconds: whole(1, 86_400, " seconds")
      .prefault(3600)
      .describe("seconds after which a WebSocket without any traffic is closed"),
    drainSeconds: whole(1, 3600, " seconds")
      .prefault(60)
      .describe("seconds that a stopping proxy keeps its open connections"),
    preStopSeconds: whole(0, 600, " seconds")
      .prefault(10)
      .describe("seconds that a stopping proxy still takes new connections, until the balancer has noticed"),
    upstreamPreStopSeconds: whole(0, 600, " seconds")
      .prefault(15)
      .describe(
        "seconds that a stopping pod of the panel or the chat still takes new requests, until every proxy has noticed",
      ),
    hsts: z
      .strictObject({
        maxAgeSeconds: whole(0, 63_072_000, " seconds")
          .prefault(0)
          .describe("seconds that browsers refuse plain HTTP for these hosts; 0 sends no such header"),
        includeSubDomains: flag().prefault(false).describe("also for every host below them"),
        preload: flag().prefault(false).describe("ask to be built into browsers, which is hard to take back"),
      })
      .prefault({}),
  });
