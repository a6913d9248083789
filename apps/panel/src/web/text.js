/*
 * What a name may be made of. A direction mark can make one name look like another, a zero-width character makes two
 * that look the same, and a control character has no look at all.
 */

/** Two emoji joined into one (👩‍💻): the one place where a zero-width joiner belongs. */
const joinedEmoji = /(\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*)\u200d(?=\p{Extended_Pictographic})/gu;

/** A zero-width non-joiner between letters of scripts that are written with it (RFC 5892, A.1). */
const nonJoiner = /([\p{Script=Arabic}\p{M}])\u200c(?=\p{Script=Arabic})/gu;

/**
 * Cc and Cf: controls, direction marks, zero-width characters, tags. Cs, Co, Cn: halves of a character, and such without
 * a meaning. Zl, Zp: line breaks. The rest are letters that are drawn as nothing, and spaces that look like letters.
 */
const unseen = new RegExp(
  [
    "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]",
    "[\\u115f\\u1160\\u2800\\u3164\\uffa0]",
    "\\u034f|\\u17b4|\\u17b5|[\\u180b-\\u180f]|[\\ufe00-\\ufe0f]|[\\u{e0100}-\\u{e01ef}]",
  ].join("|"),
  "u",
);

/** The sign that an emoji is drawn in colours. */
const coloured = /(\p{Emoji})\ufe0f/gu;

/** Whether every character of a text can be seen, or belongs where it is. @param {string} text */
export const isVisible = (text) =>
  !unseen.test(text.replace(joinedEmoji, "$1").replace(coloured, "$1").replace(nonJoiner, "$1"));

/** Whether a text has no control character, for example NUL, which Postgres does not store. @param {string} text */
export const hasNoControls = (text) => !/[\p{Cc}\p{Cs}]/u.test(text);
