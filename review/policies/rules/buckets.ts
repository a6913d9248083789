import { demanded } from "../demand";
import type { Rule } from "../model";

/** Buckets that nobody can open to everybody. */
export const buckets: Rule = {
  name: "bucket-not-public",
  level: "mandatory",
  description: "No storage bucket can be made public.",
  why: "Most leaks of stored data were a bucket that somebody opened for a moment.",
  source: "CIS AWS Foundations 2.1.4; CIS Google Cloud 5.1, 5.2",
  resource: demanded("bucket-not-public"),
};
