/** A line above the messages that says what is wrong, with a button for what can be done about it. */
export class Banner {
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {string} words @param {{ label: string, act: () => void }} [action] */
  show(words, action) {
    const element = this.#element;
    if (element.dataset.words === words && !element.hidden) return;
    element.dataset.words = words;
    element.replaceChildren(words);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small";
      button.textContent = action.label;
      button.addEventListener("click", action.act);
      element.append(" ", button);
    }
    element.hidden = false;
  }

  hide() {
    this.#element.hidden = true;
  }
}
