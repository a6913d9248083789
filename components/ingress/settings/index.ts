import { z } from "zod";
import type { SettingsContext } from "../../schema/context";
import { choice, flag, oneOfKinds, whole } from "../../schema/fields";
import type { SettingsOf } from "../../schema/sealed";
import { image } from "../../schema/values/image";
import { bodySize, cidr, headerSize, rate } from "../../schema/values/network";
import { resources } from "../../schema/values/resources";
import { acmeCertificate } from "./acme";
import { providedCertificate, selfSignedCertificate } from "./certificate";
import { port, publicService } from "./publicService";

/** `limit_conn` of NGINX counts to 65535 (https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html). */
const connections = () => whole(1, 65_535);

/** Seconds of a year: what browsers are told of HTTPS where a public certificate makes it safe. */
const year = 31_536_000;

/**
 * Seconds that browsers are told to refuse plain HTTP. Where the settings do not say: a year with a certificate that
 * browsers trust, and none with one of the stack's own or of Let's Encrypt's staging, which would lock everyone out.
 */
export function hstsSeconds({ hsts, certificate }: HstsSettings): number {
  const { kind, directory } = certificate;
  const trusted = kind === "provided" || (kind === "acme" && directory?.authority !== "staging");
  return hsts.maxAgeSeconds ?? (trusted ? year : 0);
}

/** What that depends on. */
interface HstsSettings {
  readonly hsts: { readonly maxAgeSeconds?: number | undefined };
  readonly certificate: { readonly kind: string; readonly directory?: { readonly authority: string } };
}

/** Where a certificate comes from, by the word of `edge.certificate.kind`. */
export const certificateKinds = {
  selfSigned: selfSignedCertificate,
  provided: providedCertificate,
  acme: acmeCertificate,
};

/** A group that is left out is read as an empty one, so that each key that is missing is named. */
const nothing = {} as never;

/**
 * NGINX: the public addresses, TLS, limits and the load balancer.
 *
 * @param addresses the keys that apps bring, each with where the app is reached
 */
export const edge = <A extends Readonly<Record<string, z.ZodType>>>(context: SettingsContext, addresses: A) =>
  z.strictObject({
    image: image(context, "NGINX 1.22 or newer"),
    replicas: whole(1, 100, "", "2 or more for releases without downtime")
      .prefault(2)
      .describe("pods of the proxy; with 1, each loss of a node or pod is an outage"),
    resources: resources(
      { cpu: "50m", memory: "192Mi" },
      "room for the largest request of every connection of an address, from 64Mi to 1Gi",
    ),
    service: publicService(),
    ...addresses,
    httpsPort: port().prefault(443).describe("port that clients use for HTTPS, part of every URL"),
    httpPort: port()
      .prefault(80)
      .describe("port that clients use for HTTP, which redirects and answers ACME authorities"),
    certificate: oneOfKinds(certificateKinds, context).prefault(nothing),
    limits: z
      .strictObject({
        login: rate()
          .prefault("2r/s")
          .describe(
            "attempts to log in of one address, per second (`r/s`) or minute (`r/m`). Keep it high, because an office is one address. An app limits failures of one account itself",
          ),
        loginBurst: whole(0, 1000).prefault(100).describe("attempts beyond the rate that are let through at once"),
        requestsPerAddress: connections()
          .prefault(500)
          .describe(
            "concurrent requests of one address to an app, in each pod of the proxy. A browser has up to 128 (HTTP/2 streams)",
          ),
        socketsPerAddress: connections()
          .prefault(500)
          .describe("open WebSockets of one address, in each pod of the proxy. They do not count as requests"),
        bodySize: bodySize()
          .prefault("64k")
          .describe("largest body of a request where a route names no other, in NGINX' units (`k`, `m`)"),
        requestHeaders: headerSize()
          .prefault("16k")
          .describe(
            "longest line of a request's headers, and so the longest `Cookie`. With a larger value fewer connections fit the memory of a pod",
          ),
        responseHeaders: headerSize().prefault("16k").describe("largest size of all headers of a response together"),
      })
      .prefault({}),
    clientAddress: z
      .strictObject({
        from: choice(["connection", "proxyProtocol", "xForwardedFor"])
          .prefault("connection")
          .describe(
            "where the client's address is read: the connection itself, or the PROXY protocol or X-Forwarded-For of a load balancer",
          ),
        trustedProxies: z
          .array(cidr())
          .prefault([])
          .describe("networks of the load balancers that are trusted to name the client's address"),
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
      .describe("seconds that a stopping proxy still takes new connections, until the load balancer has noticed"),
    upstreamPreStopSeconds: whole(0, 600, " seconds")
      .prefault(15)
      .describe("seconds that a stopping pod of an app still takes new requests, until every proxy has noticed"),
    hsts: z
      .strictObject({
        maxAgeSeconds: whole(0, 63_072_000, " seconds")
          .optional()
          .describe(
            "seconds that browsers refuse plain HTTP for these hosts. 0 sends no such header; default: a year (31536000) with a `provided` or `acme` certificate, 0 with a `selfSigned` one or one of `staging`",
          ),
        includeSubDomains: flag().prefault(false).describe("also for every host below them"),
        preload: flag().prefault(false).describe("ask to be built into browsers, which is hard to take back"),
      })
      .prefault({}),
  });

/** For its type. */
const withoutAddresses = (context: SettingsContext) => edge(context, {});

export type IngressSettings = SettingsOf<typeof withoutAddresses>;
export type CertificateSettings = IngressSettings["certificate"];
