import { block } from "./nginxText";

/** Folder of `tls.crt` and `tls.key`. */
export const certificateFolder = "/run/secrets/tls";

/**
 * When the certificate is read: `start` for one whose Secret has another name when it changes, which rolls the pods;
 * `handshake` for one that is renewed in its place, which takes effect without a roll or a reload.
 */
export type CertificateRead = "start" | "handshake";

/** The certificate, and how clients may speak with it. */
export function tlsDirectives(read: CertificateRead): string[] {
  return [...certificate(read), ...protocol];
}

/**
 * A path with a variable in it is read at every handshake (NGINX 1.15.9), by the worker. One handshake may find the
 * certificate of one moment and the key of the next, while the kubelet exchanges them; the client's next try does not.
 */
function certificate(read: CertificateRead): string[] {
  if (read === "start") return pair(certificateFolder);
  return [block("map $ssl_server_name $certificate", `default ${certificateFolder};`), ...pair("$certificate")];
}

function pair(folder: string): string[] {
  return [`ssl_certificate ${folder}/tls.crt;`, `ssl_certificate_key ${folder}/tls.key;`];
}

/**
 * Mozilla's intermediate profile (https://ssl-config.mozilla.org/guidelines/5.7.json). The post-quantum group of
 * guideline 6.0 needs OpenSSL 3.5; an older one would not start with it.
 */
const protocol = [
  "ssl_protocols TLSv1.2 TLSv1.3;",
  "ssl_prefer_server_ciphers off;",
  "ssl_ecdh_curve X25519:prime256v1:secp384r1;",
  "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;",
  // Each connection that has sent something keeps a buffer of this size.
  "ssl_buffer_size 4k;",
  // Some 16,000 sessions (4000 in a megabyte), the oldest go first.
  "ssl_session_cache shared:TLS:4m;",
  "ssl_session_timeout 1d;",
  "ssl_session_tickets off;",
];
