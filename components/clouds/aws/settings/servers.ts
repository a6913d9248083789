import { z } from "zod";
import { Problem, show, text } from "../../../schema/fields";

const size = "(micro|small|medium|large|xlarge|[1-9]\\d?xlarge)";

/**
 * A class of RDS instances: `db.` and a type of EC2. Classes of old generations are refused, which no Postgres from 15 on
 * runs on (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html).
 */
function parseInstanceClass(value: string): string {
  return serverType(value, { prefix: "db", example: "db.m7g.large", product: "Postgres on RDS" });
}

/**
 * A type of ElastiCache nodes: `cache.` and a type of EC2. Refused are old generations, which do not encrypt
 * (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html), and the ones that keep a part of
 * the data on disk, which a queue must not wait for.
 */
function parseNodeType(value: string): string {
  const type = serverType(value, { prefix: "cache", example: "cache.m7g.large", product: "Valkey on ElastiCache" });
  if (type.startsWith("cache.r6gd."))
    throw new Problem(`${show(value)} keeps a part of the data on disk; use one without, e.g. "cache.r7g.large"`);
  return type;
}

const oldGeneration = /^(t[12]|m[1-4]|c1|r[34]|x1e?|cr1|hs1)$/;

function serverType(value: string, kind: { prefix: string; example: string; product: string }): string {
  const todo = `use e.g. "${kind.example}"`;
  const [, prefix, family, rest] = new RegExp(`^(?:([a-z]+)\\.)?([a-z][a-z0-9-]*)\\.${size}$`).exec(value) ?? [];
  if (!family) {
    const google = /^(db-|[a-z]\d[a-z]?-)/.test(value);
    throw new Problem(
      `${show(value)} is ${google ? "a type of Google Cloud" : `not a type of ${kind.product}`}; ${todo}`,
    );
  }
  if (prefix !== kind.prefix) {
    throw new Problem(
      `${show(value)} is ${prefix ? "not a type" : "a type of EC2, not one"} of ${kind.product}; did you mean "${kind.prefix}.${family}.${rest}"?`,
    );
  }
  if (oldGeneration.test(family)) {
    throw new Problem(`${show(value)} is of a generation that ${kind.product} does not run on any more; ${todo}`);
  }
  return value;
}

export const instanceClass = () => text(parseInstanceClass);
export const nodeType = () => text(parseNodeType);

/** One of the versions, as text: YAML reads 8.0 without quotes as the number 8. */
export const version = <const V extends readonly [string, ...string[]]>(versions: V) =>
  z.string().pipe(z.enum(versions));
