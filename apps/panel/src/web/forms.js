import { z } from "zod";

const name = (/** @type {number} */ most) =>
  z
    .string()
    .trim()
    .min(1, "Please fill this in.")
    .max(most, `Please use at most ${most} characters.`)
    .regex(/^[^\p{Cc}]*$/u, "Please leave out control characters.");
const role = z.enum(["admin", "member"], "Please choose one of the two.");
const password = z.string().min(1, "Please fill this in.").max(200, "Please use at most 200 characters.");

export const loginForm = z.object({
  email: z.string().trim().min(1, "Please fill this in.").max(254, "This is too long for an e-mail address."),
  password,
  next: z.string().max(500).optional(),
});
export const passwordForm = z
  .object({
    current: password,
    // NIST SP 800-63B: length counts, rules about kinds of characters do not help.
    next: z.string().min(12, "Please use at least 12 characters.").max(200, "Please use at most 200 characters."),
    again: z.string(),
  })
  .refine(({ next, again }) => next === again, { path: ["again"], message: "The two new passwords are not the same." })
  .refine(({ current, next }) => current !== next, { path: ["next"], message: "Please choose one you did not have." });
export const newUserForm = z.object({
  email: z
    .string()
    .trim()
    .toLowerCase()
    .max(254, "This is too long for an e-mail address.")
    .pipe(z.email("Please write an address like name@example.com.")),
  name: name(80),
  role,
});
export const userForm = z.object({ name: name(80), role });
export const roomForm = z.object({ name: name(60) });
export const idParams = z.object({ id: z.uuid() });

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
 * The id in the address.
 *
 * @param {import("fastify").FastifyRequest} request
 * @returns {string | undefined} undefined when it is no id at all
 */
export const idOf = (request) => idParams.safeParse(request.params).data?.id;
