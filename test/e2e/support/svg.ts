import type { Page } from "playwright-core";

/** What a person would see of an architecture's picture. */
export interface Picture {
  readonly boxes: number;
  /** Colour of the ground. */
  readonly ground: string;
  /** Texts that reach over the right edge of the picture or of the box that they begin in. */
  readonly outside: readonly string[];
}

/** Measures the one SVG of a page as the browser has laid it out. */
export function measureSvg(page: Page): Promise<Picture> {
  return page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as any;
    const svg = document.querySelector("svg");
    const sheet = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("rect.box")].map((box: any) => box.getBoundingClientRect());
    const outside = [...svg.querySelectorAll("text")].flatMap((text: any) => {
      const { left, right, top } = text.getBoundingClientRect();
      const own = boxes.find(
        (box: any) => left >= box.left && left <= box.right && top >= box.top && top <= box.bottom,
      );
      return right > (own ?? sheet).right + 1 ? [text.textContent ?? ""] : [];
    });
    return { boxes: boxes.length, ground: getComputedStyle(svg.querySelector(".ground")).fill, outside };
  });
}
