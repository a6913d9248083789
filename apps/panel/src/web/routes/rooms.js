import { countRooms, createRoom, listRooms, renameRoom, setArchived } from "../../models/rooms.js";
import { Forbidden } from "../../models/users.js";
import { idOf, pageOf, readForm, roomForm, shownAgain } from "../forms.js";

/**
 * Administrators open, rename, archive and restore rooms.
 *
 * @param {any} app
 * @param {import("../app.js").Parts} parts
 */
export async function roomRoutes(app, { db }) {
  const doer = (/** @type {any} */ request) => ({ actor: request.user, requestId: request.id });
  const listPage = async (/** @type {any} */ reply, /** @type {object} */ data = {}) => {
    const { limit, offset, pager } = pageOf(reply.request);
    const [rooms, count] = await Promise.all([listRooms(db, { limit, offset }), countRooms(db)]);
    return reply.page("rooms", { rooms, pager: pager(count), ...data });
  };

  /** Does a change and goes back to the list, or shows the list with what was wrong about room `id`. */
  const change = async (
    /** @type {any} */ reply,
    /** @type {string} */ id,
    /** @type {string} */ notice,
    /** @type {() => Promise<unknown>} */ work,
  ) => {
    try {
      if (!(await work())) return reply.fail(404, "Not found", "There is no such room, or it is like that already.");
      return reply.redirect(`/rooms?notice=${notice}`, 303);
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      return listPage(reply.code(422), { problems: { [id]: error.message } });
    }
  };

  app.get("/rooms", async (/** @type {any} */ _request, /** @type {any} */ reply) => listPage(reply));

  app.post("/rooms", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const { data, problems } = readForm(roomForm, request.body);
    if (!data) return listPage(reply.code(422), { problems, values: shownAgain(request.body) });
    return change(reply, "name", "room-created", () => createRoom(db, data.name, doer(request)));
  });

  app.post("/rooms/:id", async (/** @type {any} */ request, /** @type {any} */ reply) => {
    const id = idOf(request) ?? "";
    const { data, problems } = readForm(roomForm, request.body);
    if (!data) return listPage(reply.code(422), { problems: { [id]: problems.name } });
    return change(reply, id, "room-renamed", async () => id && renameRoom(db, id, data.name, doer(request)));
  });

  for (const [action, archived] of /** @type {const} */ ([
    ["archive", true],
    ["restore", false],
  ])) {
    app.post(`/rooms/:id/${action}`, async (/** @type {any} */ request, /** @type {any} */ reply) => {
      const id = idOf(request) ?? "";
      const done = `room-${action}d`;
      return change(reply, id, done, async () => id && setArchived(db, id, archived, doer(request)));
    });
  }
}
