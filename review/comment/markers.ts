import { wellFormed } from "./escape";

/** First line of the one comment that a project has on a pull request, to the letter. */
export function commentMarker(project: string): string {
  return `<!-- switchboard:preview v1 project=${encoded(project)} -->`;
}

/** Second line of a comment: the commit that it is about. */
export function commitMarker(sha: string): string {
  return `<!-- switchboard:commit ${encoded(sha)} -->`;
}

/** Whether a body is this project's comment: its marker is the first line, to the letter. */
export function isCommentOf(body: string, project: string): boolean {
  return lineOf(body, 0) === commentMarker(project);
}

/** The commit that a comment is about; undefined where its second line is something else. */
export function commitOf(body: string): string | undefined {
  return decoded(commit.exec(lineOf(body, 1))?.[1]);
}

/** Whether a line is one of the hidden ones, as the renderer writes them. */
export function isMarker(line: string): boolean {
  return comment.test(line) || commit.test(line);
}

/** Whether a comment is of no stack: it has nothing but its hidden lines. */
export function saysNothing(body: string): boolean {
  return body.split(/\r?\n/).every((line) => line.trim() === "" || isMarker(line));
}

const comment = /^<!-- switchboard:preview v1 project=[\w.%-]+ -->$/;
const commit = /^<!-- switchboard:commit ([\w.%-]+) -->$/;

/** A text in which nothing can end a comment of HTML: letters, digits, `.`, `_`, single `-`, and `%` with two digits. */
function encoded(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replaceAll("--", "-%2D");
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function lineOf(body: string, index: number): string {
  return body.split(/\r?\n/, index + 1)[index] ?? "";
}
