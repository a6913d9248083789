import type { Facts } from "../../clouds/shared/facts";
import { type Complaint, textOfFile } from "../../clouds/shared/facts/demand";
import { at, fieldsOf, numberOf, shown, stated, textOf } from "../../clouds/shared/facts/value";
import { free } from "./values";

/** Files of a server: of NGINX, of Postgres, of Redis. */
export const configMap: Facts = {
  "kubernetes:core/v1:ConfigMap": {
    renewed: true,
    demands: {
      "tls-1.2-or-newer": tlsVersions,
      "hsts-on": strictTransport,
      "database-tls-enforced": textOfFile("pg_hba.conf", (text, path) =>
        text
          .split("\n")
          .filter((line) => /^\s*host(nossl|gssenc|nogssenc)?\s/.test(line) && !/\sreject\s*$/.test(line))
          .map((line) => ({
            message: `${path}: ${shown(line.trim())} lets clients in without TLS, and must be hostssl`,
            todo: "keep hostssl in components/data/postgres.ts",
          })),
      ),
      "postgres-asks-password": textOfFile("pg_hba.conf", asksPassword),
      "redis-authenticated": textOfFile("redis.conf", (text, path) =>
        /^\s*(aclfile|requirepass|user)\s+\S/m.test(text)
          ? []
          : [{ message: `${path}: aclfile is not set`, todo: "keep aclfile in components/data/redisConf.ts" }],
      ),
      "redis-tls": textOfFile("redis.conf", (text, path) => {
        const port = /^\s*port\s+(\S+)/m.exec(text)?.[1] ?? "not set (6379)";
        if (port === "0" && /^\s*tls-port\s+[1-9]/m.test(text)) return [];
        const message = `${path}: port is ${port}, and must be 0 beside a tls-port`;
        return [{ message, todo: "give redisConf the folder of certificates in components/data/redis.ts" }];
      }),
    },
    price: free.object,
  },
};

function asksPassword(text: string, path: string): Complaint[] {
  return text
    .split("\n")
    .filter((line) => /^\s*(local|host\w*)\s/.test(line))
    .flatMap((line): Complaint[] => {
      // `peer` is the process at the other end of a socket, which no network reaches.
      if (/^\s*local\s.*\speer(\s+map=\S+)?\s*$/.test(line)) return [];
      if (/\s(scram-sha-256|cert|reject)\s*(\s\S+=\S+)*\s*$/.test(line)) return [];
      const method = line.trim().split(/\s+/).at(-1);
      return [
        {
          message: `${path}: method is ${shown(method)} in ${shown(line.trim())}, and must be "scram-sha-256"`,
          todo: "keep scram-sha-256 in components/data/postgresConf.ts",
        },
      ];
    });
}

/** Texts of a ConfigMap that configure NGINX, where it listens by TLS. */
function tlsConfs(inputs: unknown): [path: string, text: string][] {
  return Object.entries(fieldsOf(at(inputs, "data"))).flatMap(([key, value]) => {
    const text = textOf(value);
    return text !== undefined && /^\s*listen\s[^;]*\bssl\b/m.test(text)
      ? [[`data[${key}]`, text] as [string, string]]
      : [];
  });
}

/** Whether it has the files of an app, which is behind NGINX. */
function isOfApp(inputs: unknown): boolean {
  return fieldsOf(at(inputs, "metadata.labels"))["app.kubernetes.io/component"] === "app";
}

function tlsVersions(inputs: unknown): Complaint[] {
  return tlsConfs(inputs).flatMap(([path, text]) => {
    const lines = [...text.matchAll(/^\s*ssl_protocols\s+([^;]*);/gm)].map((match) => match[1]!.trim());
    const wrong = lines.filter((line) => line.split(/\s+/).some((version) => !/^TLSv1\.[23]$/.test(version)));
    const todo = isOfApp(inputs)
      ? "set ssl_protocols TLSv1.2 TLSv1.3; in this file of `apps.<name>.files`"
      : "keep TLSv1.2 and TLSv1.3 in components/ingress/nginxTls.ts";
    if (lines.length === 0) return [{ message: `${path}: ssl_protocols is not set`, todo }];
    return wrong.map((line) => ({ message: `${path}: ssl_protocols is ${JSON.stringify(line)}`, todo }));
  });
}

/** It is for browsers, and they see the public server alone. */
function strictTransport(inputs: unknown): Complaint[] {
  if (isOfApp(inputs)) return [];
  return tlsConfs(inputs).flatMap(([path, text]) => {
    const seconds = numberOf(/Strict-Transport-Security\s+"?max-age=(\d+)/.exec(text)?.[1]);
    if (seconds !== undefined && seconds >= 15_768_000) return [];
    return [
      {
        message: `${path}: ${stated("Strict-Transport-Security max-age", seconds)}, and should be 15768000 or more`,
        todo: "set `edge.hsts.maxAgeSeconds` once HTTPS works for every host",
      },
    ];
  });
}
