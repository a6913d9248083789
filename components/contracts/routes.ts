import type { Input } from "@pulumi/pulumi";
import type { Destination, SecretRef } from "./index";

/** Where the proxy sends requests. */
export interface HttpBackend {
  /** Service name: it resolves before the proxy starts, or NGINX would not start. */
  readonly host: Input<string>;
  readonly port: number;
  /** Whether clients may upgrade to a WebSocket. */
  readonly websocket: boolean;
  readonly destination: Destination;
  /** Where the pod ends TLS itself. @default it speaks plain HTTP */
  readonly tls?: BackendTls;
}

/** How the proxy speaks TLS with a pod. */
export interface BackendTls {
  /** The name that the proxy asks for, and that a verified certificate must be for. */
  readonly name: string;
  /** The authority that the certificate must be of. Absent: nothing is verified, the connection is encrypted only. */
  readonly authority?: SecretRef;
}

/** A public address and what answers there. */
export interface Route {
  readonly hostname: string;
  /** Path prefix without a slash at its end; `/` is everything. */
  readonly path: string;
  /** Whether the path stays in the request that goes on. @default it is taken off */
  readonly keepsPath?: boolean;
  readonly to: HttpBackend;
  /** Networks of clients that are let in. Absent: everybody is. */
  readonly allow?: readonly string[];
  /** Passwords by user, one pair of which a client must give (HTTP basic authentication). Absent: none. */
  readonly users?: Readonly<Record<string, Input<string>>>;
  /** Whether there is nothing but WebSockets: no cookies are passed, and buffers are the smallest. */
  readonly socketsOnly?: boolean;
  /** Seconds that the backend may be silent. @default 60, with WebSockets the setting `edge.websocketIdleSeconds` */
  readonly timeoutSeconds?: number;
  /** Path whose POST requests are limited as log-in attempts, and those below it. */
  readonly limitedPath?: string;
  /** The exact paths that are public, after the prefix; everything else is not found. Absent: everything is public. */
  readonly only?: readonly string[];
  /** Exact paths, after the prefix, that are for the cluster alone and are not found from outside. */
  readonly closed?: readonly string[];
  /** Largest body of a request in NGINX' words, e.g. `1k`. @default the setting `edge.limits.bodySize` */
  readonly bodySize?: string;
}
