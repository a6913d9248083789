import { removeSecondFactor } from "../../models/secondFactor.js";
import {
  changeUser,
  countUsers,
  createUser,
  Forbidden,
  findUser,
  listUsers,
  resetPassword,
  setActive,
} from "../../models/users.js";
import { confirmPassword } from "../access.js";
import { idOf, newUserForm, pageOf, readForm, shownAgain, userForm } from "../forms.js";

/**
 * Administrators sign up users, change, deactivate and activate them.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function userRoutes(app, parts) {
  const { db } = parts;
  /** Whoever gives rights, or a way to come in as somebody else, has just typed their password. */
  const confirmed = { preHandler: confirmPassword(parts) };
  const confirmedForAdmins = {
    preHandler: confirmPassword(parts, async (request) => {
      if (request.body?.role !== "admin") return false;
      const id = idOf(request);
      return !id || (await findUser(db, id))?.role !== "admin";
    }),
  };
  const doer = (/** @type {any} */ request) => ({ actor: request.user, requestId: request.id });
  const missing = (/** @type {any} */ reply) => reply.fail(404, "Not found", "There is no such user.");
  const listPage = async (/** @type {any} */ reply, /** @type {object} */ data = {}) => {
    const { limit, offset, pager } = pageOf(reply.request);
    const [users, count] = await Promise.all([listUsers(db, { limit, offset }), countUsers(db)]);
    return reply.page("users", { users, pager: pager(count), ...data });
  };

  app.get("/users", async (/** @type {any} */ _request, /** @type {any} */ reply) => listPage(reply));

  app.post("/users", confirmedForAdmins, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { data, problems } = readForm(newUserForm, request.body);
    if (!data) return listPage(reply.code(422), { problems, values: shownAgain(request.body) });
    try {
      const { user, password } = await createUser(db, data, doer(request));
      // No redirect: the password is in this one answer and nowhere else.
      return reply.code(201).page("password-given", { person: user, password, fresh: true });
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      return listPage(reply.code(422), { problems: { email: error.message }, values: shownAgain(request.body) });
    }
  });

  app.get("/users/:id", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const id = idOf(request);
    const person = id && (await findUser(db, id));
    return person ? reply.page("user", { person, values: person }) : missing(reply);
  });

  app.post("/users/:id", confirmedForAdmins, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const id = idOf(request);
    const person = id && (await findUser(db, id));
    if (!person) return missing(reply);
    const { data, problems } = readForm(userForm, request.body);
    if (!data) return reply.code(422).page("user", { person, values: shownAgain(request.body), problems });
    try {
      await changeUser(db, person.id, data, doer(request));
      return reply.redirect("/users?notice=user-changed", 303);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      return reply
        .code(422)
        .page("user", { person, values: shownAgain(request.body), problems: { role: error.message } });
    }
  });

  for (const [action, active] of /** @type {const} */ ([
    ["deactivate", false],
    ["activate", true],
  ])) {
    app.post(
      `/users/:id/${action}`,
      active ? confirmed : {},
      async (/** @type {any} */ request, /** @type {any} */ reply) => {
        const id = idOf(request);
        const person = id && (await findUser(db, id));
        if (!person) return missing(reply);
        try {
          await setActive(db, person.id, active, doer(request));
          return reply.redirect(`/users?notice=user-${action}d`, 303);
        } catch (error) {
          if (!(error instanceof Forbidden)) throw error;
          return reply.code(422).page("user", { person, values: person, problem: error.message });
        }
      },
    );
  }

  app.post("/users/:id/password", confirmed, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const id = idOf(request);
    const given = id && (await resetPassword(db, id, doer(request)));
    if (!given) return missing(reply);
    return reply.code(201).page("password-given", { person: given.user, password: given.password, fresh: false });
  });

  app.post("/users/:id/second-factor", confirmed, async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const id = idOf(request);
    if (!id || !(await removeSecondFactor(db, id, doer(request)))) return missing(reply);
    return reply.redirect("/users?notice=user-second-factor-removed", 303);
  });
}
