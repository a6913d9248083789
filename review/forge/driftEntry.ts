import type { Entry } from "./board";

/** First line of the issue, to the letter. */
export const driftMarker = "<!-- switchboard-drift:v1 -->";

/** What was found out about one stack. */
export interface StackDrift {
  readonly stack: string;
  /** What differs, as Markdown; undefined when nothing does. */
  readonly text?: string;
  /** When it was looked at, ISO 8601 in UTC: an older look never takes the place of a newer one. */
  readonly time: string;
}

interface Section {
  readonly stack: string;
  readonly time: string;
  readonly text: string;
}

const introduction =
  "What is there differs from what was brought up. `pulumi up` brings it back; a change that should stay belongs into the\n" +
  "stack's file. This issue is written by the drift check, which closes it when nothing differs any more.";

/**
 * The one issue about drift: a section for each stack that differs, in the order of their names. A stack that differs no
 * more loses its section, and without any section the issue goes. Stacks that were not looked at stay as they are.
 *
 * @param limit characters that all of it may have; where that is too little each section keeps its first lines
 */
export function driftEntry(looked: readonly StackDrift[], limit = 60_000): Entry {
  return {
    isOurs: (body) => firstLine(body) === driftMarker,
    merge(bodies) {
      const sections = new Map<string, Section>();
      for (const section of bodies.flatMap(sectionsOf)) {
        const known = sections.get(section.stack);
        if (!known || known.time < section.time) sections.set(section.stack, section);
      }
      for (const { stack, text, time } of looked) {
        const known = sections.get(stack);
        if (known && known.time >= time) continue;
        if (text === undefined) sections.delete(stack);
        else sections.set(stack, { stack, time, text: withoutMarks(text) });
      }
      if (sections.size === 0) return undefined;
      const sorted = [...sections.values()].sort((a, b) => (a.stack < b.stack ? -1 : 1));
      const whole = [driftMarker, introduction, ...sorted.map(written)].join("\n\n");
      if (whole.length <= limit) return whole;
      const share = Math.floor((limit - introduction.length - 100) / sorted.length) - 200;
      const cut = sorted.map((section) => written({ ...section, text: firstLines(section.text, share) }));
      return [driftMarker, introduction, ...cut].join("\n\n");
    },
  };
}

function written({ stack, time, text }: Section): string {
  return `<!-- stack=${stack} time=${time} -->\n${text.trim()}\n<!-- /stack -->`;
}

function sectionsOf(body: string): Section[] {
  const pattern = /^<!-- stack=([\w.-]+) time=([\w.:-]+) -->\n([\s\S]*?)\n<!-- \/stack -->$/gm;
  return [...body.replaceAll("\r\n", "\n").matchAll(pattern)].map(([, stack = "", time = "", text = ""]) => ({
    ...{ stack, time, text },
  }));
}

/** As many whole lines as have room. */
function firstLines(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, Math.max(0, text.lastIndexOf("\n", most)))}\n- and more, which \`switchboard drift\` shows`;
}

/** No text can end its section or begin another one. */
function withoutMarks(text: string): string {
  return text.replaceAll(/^<!-- (?=\/?stack\b)/gm, "<!--\u200b ");
}

function firstLine(body: string): string {
  return body.split(/\r?\n/, 1)[0] ?? "";
}
