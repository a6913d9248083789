import { socketsOf } from "../../ingress/capacity";
import { hstsSeconds } from "../../ingress/settings";
import { show } from "../../schema/fields";
import { hostnamesOf } from "../../schema/publicHosts";
import { bodyBytes } from "../../schema/values/network";
import { examineCertificate } from "../../schema/values/pem";
import { parseBytes } from "../../schema/values/resources";
import type { Check } from "./check";

const certificate: Check = ({ edge, apps }, { errors, warnings }, now) => {
  if (edge?.certificate.kind !== "provided") return;
  const { certificate: chain, key } = edge.certificate;
  const findings = examineCertificate(chain, key.reveal(), hostnamesOf({ edge, apps }), now);
  errors.push(...findings.errors.map(({ key: at, message }) => `edge.certificate.${at}: ${message}`));
  warnings.push(...findings.warnings.map((message) => `edge.certificate.certificate: ${message}`));
};

const nodePorts: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { type, httpsNodePort, httpNodePort } = edge.service;
  if (type === "LoadBalancer") {
    for (const [key, port] of Object.entries({ httpsNodePort, httpNodePort })) {
      if (port !== undefined)
        errors.push(
          `edge.service.${key}: ${port} has no use with type LoadBalancer; remove it, or set edge.service.type to NodePort`,
        );
    }
  } else if (httpsNodePort !== undefined && httpsNodePort === httpNodePort) {
    errors.push(`edge.service.httpNodePort: ${httpNodePort} is the port of HTTPS too; use two ports`);
  }
};

const ports: Check = ({ edge }, { errors }) => {
  if (edge && edge.httpsPort === edge.httpPort)
    errors.push(`edge.httpPort: ${edge.httpPort} is edge.httpsPort too; use two ports`);
};

const clientAddress: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { from, trustedProxies } = edge.clientAddress;
  const key = "edge.clientAddress.trustedProxies";
  if (from === "connection") {
    if (trustedProxies.length > 0)
      errors.push(
        `${key}: has no use while edge.clientAddress.from is connection; remove it, or set from to proxyProtocol or xForwardedFor`,
      );
    return;
  }
  if (trustedProxies.length === 0)
    errors.push(`${key}: is empty while edge.clientAddress.from is ${from}; name the networks of the load balancers`);
  for (const network of trustedProxies.filter((network) => network.endsWith("/0"))) {
    errors.push(
      `${key}: ${show(network)} trusts everyone to name their own address; name the networks of the load balancers only`,
    );
  }
};

const hsts: Check = ({ edge }, { errors }) => {
  if (!edge) return;
  const { includeSubDomains, preload } = edge.hsts;
  const maxAgeSeconds = hstsSeconds(edge);
  const year = 31_536_000;
  if (preload && (maxAgeSeconds < year || !includeSubDomains)) {
    errors.push(
      `edge.hsts.preload: true needs edge.hsts.maxAgeSeconds of at least ${year} and includeSubDomains: true (https://hstspreload.org); set both, or preload to false`,
    );
  } else if (includeSubDomains && maxAgeSeconds === 0) {
    errors.push(
      "edge.hsts.includeSubDomains: true has no use while edge.hsts.maxAgeSeconds is 0; set a time, or includeSubDomains to false",
    );
  }
  if (maxAgeSeconds > 0 && edge.certificate.kind === "selfSigned") {
    errors.push(
      `edge.hsts.maxAgeSeconds: ${maxAgeSeconds} with a selfSigned certificate locks out everyone who has not installed its authority; use 0, or a provided certificate`,
    );
  }
};

/** One address that may fill a pod keeps everybody else out of it. */
const addressFillsPod: Check = ({ edge }, { warnings }) => {
  if (!edge) return;
  const { memory } = edge.resources.limits;
  const sockets = socketsOf(parseBytes(memory), bodyBytes(edge.limits.requestHeaders));
  if (edge.limits.socketsPerAddress < sockets) return;
  warnings.push(
    `edge.limits.socketsPerAddress: ${edge.limits.socketsPerAddress} is as much as a pod of the proxy carries with ${memory} (${sockets} sockets). So one address can keep everybody else out; use less, or more memory (edge.resources)`,
  );
};

/** What NGINX is told: hosts, ports, certificate, headers. */
export const proxyChecks: readonly Check[] = [certificate, nodePorts, ports, clientAddress, hsts, addressFillsPod];
