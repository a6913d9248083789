import { z } from "zod";
import { Problem, show, text } from "../fields";

/** A DNS-1123 label of at most `most` characters. */
export function parseLabel(value: string, most = 63): string {
  const todo = 'use lower-case letters, digits and "-", with a letter or digit at both ends';
  if (value.length > most) throw new Problem(`${show(value)} has ${value.length} characters; use at most ${most}`);
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value)) throw new Problem(`${show(value)} is not a valid name; ${todo}`);
  return value;
}

/** A namespace of our own: never one that Kubernetes or everyone else uses. */
function parseNamespace(value: string): string {
  parseLabel(value);
  if (value === "default" || value.startsWith("kube-")) {
    throw new Problem(`namespace ${show(value)} is not allowed; use one of its own, e.g. "switchboard"`);
  }
  return value;
}

/** The value of a Kubernetes label. */
export function parseLabelValue(value: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value)) return value;
  throw new Problem(
    `${show(value)} is not a label; use at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
  );
}

/** What a stack may be called: https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack */
function parseStackName(value: string): string {
  if (/^[A-Za-z0-9_][\w.-]{0,99}$/.test(value)) return value;
  throw new Problem(`${show(value)} is no name of a stack; use letters, digits, "-", "_" and "."`);
}

/** An e-mail address. */
function parseEmail(value: string): string {
  if (z.regexes.email.test(value)) return value;
  throw new Problem(`${show(value)} is not an e-mail address; write e.g. "admin@example.com"`);
}

/** Text that is not empty. */
function parseText(value: string): string {
  if (value.trim() === "") throw new Problem(`${show(value)} is empty; give a value or remove the key`);
  return value;
}

export const label = (most?: number) => text((value) => parseLabel(value, most));
export const namespace = () => text(parseNamespace);
export const labelValue = () => text(parseLabelValue);
export const stackName = () => text(parseStackName);
export const email = () => text(parseEmail);
export const words = () => text(parseText);
/** A program and its arguments. */
export const commandLine = () => z.array(words()).min(1, { error: "is empty; give the program and its arguments" });
