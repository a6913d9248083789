import { z } from "zod";
import { hasNoControls, isVisible } from "./text.js";

/** Text of one line. No field of ours holds a control character, and Postgres refuses NUL. */
const line = () => z.string().refine(hasNoControls, "Please leave out control characters.");
const name = (/** @type {number} */ most) =>
  line()
    .normalize("NFC")
    .trim()
    .min(1, "Please fill this in.")
    .max(most, `Please use at most ${most} characters.`)
    .refine(isVisible, "Please leave out invisible characters.");
const role = z.enum(["admin", "member"], "Please choose one of the two.");
const password = line().min(1, "Please fill this in.").max(200, "Please use at most 200 characters.");

export const loginForm = z.object({
  email: line().trim().min(1, "Please fill this in.").max(254, "This is too long for an e-mail address."),
  password,
});
export const codeForm = z.object({ code: line().trim().min(1, "Please fill this in.").max(20, "This is too long.") });
export const confirmForm = z.object({ confirmation: password });
export const passwordForm = z
  .object({
    current: password,
    // NIST SP 800-63B: length counts, rules about kinds of characters do not help.
    next: line().min(12, "Please use at least 12 characters.").max(200, "Please use at most 200 characters."),
    again: z.string("Please fill this in."),
  })
  .refine(({ next, again }) => next === again, { path: ["again"], message: "The two new passwords are not the same." })
  .refine(({ current, next }) => current !== next, { path: ["next"], message: "Please choose one you did not have." });
export const newUserForm = z.object({
  email: line()
    .trim()
    .toLowerCase()
    .max(254, "This is too long for an e-mail address.")
    .pipe(z.email("Please write an address like name@example.com.")),
  name: name(80),
  role,
});
export const userForm = z.object({ name: name(80), role });
export const roomForm = z.object({ name: name(60) });
export const sessionForm = z.object({ sid: z.string().regex(/^[\w-]{43}$/) });
const idParams = z.object({ id: z.uuid() });
/** Nobody looks further, and the number has to fit into what Postgres counts with. */
const pageQuery = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });
const pageSize = 50;

/**
 * Parses what a form sent.
 *
 * @template {z.ZodType} T
 * @param {T} form
 * @param {unknown} body
 * @returns {{ data: z.output<T>, problems?: undefined } | { data?: undefined, problems: Record<string, string> }}
 *   the values, or the first problem of each field
 */
export function readForm(form, body) {
  const parsed = form.safeParse(body ?? {});
  if (parsed.success) return { data: parsed.data };
  /** @type {Record<string, string>} */
  const problems = {};
  for (const issue of parsed.error.issues) problems[String(issue.path[0])] ??= issue.message;
  return { problems };
}

/**
 * What a form sent, to be shown again: text alone.
 *
 * @param {any} body
 * @returns {Record<string, string>}
 */
export const shownAgain = (body) =>
  Object.fromEntries(Object.entries(body ?? {}).filter(([, value]) => typeof value === "string"));

/**
 * The part of a long list that the address asks for.
 *
 * @param {import("fastify").FastifyRequest} request
 */
export function pageOf(request) {
  const { page } = pageQuery.parse(request.query ?? {});
  return {
    limit: pageSize,
    offset: (page - 1) * pageSize,
    /** For the links. @param {number} count of all there are */
    pager: (count) => ({ page, pages: Math.max(1, Math.ceil(count / pageSize)) }),
  };
}

/**
 * The id in the address.
 *
 * @param {import("fastify").FastifyRequest} request
 * @returns {string | undefined} undefined when it is no id at all
 */
export const idOf = (request) => idParams.safeParse(request.params).data?.id;
