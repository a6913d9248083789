// Small helps for every page. Without them the pages still work.

const times = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Exact local times as a tip over "5 minutes ago". */
function showTimes(/** @type {ParentNode} */ root) {
  for (const time of root.querySelectorAll("time")) time.title = times.format(new Date(time.dateTime));
}
showTimes(document);

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) event.preventDefault();
});

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => /** @type {HTMLSelectElement} */ (select).form?.requestSubmit());
}
for (const element of document.querySelectorAll("[data-unneeded]")) element.remove();

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copy]"))) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy ?? "");
    await navigator.clipboard.writeText(source?.textContent ?? "");
    button.textContent = "Copied";
  });
}

// The account menu closes like a menu.
for (const menu of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu"))) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menu.open = false;
  });
}

// Parts with data-live="seconds" show the newest state while someone looks at them.
for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-live]"))) {
  const seconds = Number(part.dataset.live);
  if (!seconds) continue;
  const renew = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.innerHTML) return;
      part.replaceChildren(...fresh.childNodes);
      showTimes(part);
    } catch {
      // The next turn tries again; what is shown stays.
    }
  };
  setInterval(renew, seconds * 1000);
}
