import { Alphabet, type Scan } from "./scan";
import { decoded } from "./values";

const base64 = new Alphabet(/[A-Za-z0-9+/_-]/);
const padding = new Alphabet(/=/);

/**
 * Private keys over several lines: PEM (RFC 7468), OpenPGP's armour (RFC 9580), SSH2, PuTTY. One that was cut off is a key
 * all the same, to the end.
 */
export function findKeys(scan: Scan): void {
  const begin = /-{4,5} ?BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|PuTTY-User-Key-File-\d:/g;
  const end = /-{4,5} ?END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC: ?[0-9a-f]{8,128}/y;
  scan.each(begin, (match) => {
    for (let place = match.index + match[0].length; ; place++) {
      const dashes = scan.next("---- END ", place);
      const armour = scan.next("-----END ", place);
      const mac = scan.next("Private-MAC:", place);
      place = Math.min(dashes, armour, mac);
      const closing = place < scan.text.length ? scan.at(end, place) : undefined;
      if (!closing && place < scan.text.length) continue;
      const to = closing ? place + closing[0].length : scan.text.length;
      scan.mask(match.index, to);
      return to;
    }
  });
}

/**
 * Texts in base64 that hold a secret: a key, a kubeconfig, an address with a password.
 * @param opens whether a text holds something that opens something
 */
export function findEncoded(scan: Scan, opens: (text: string) => boolean): void {
  scan.each(/[A-Za-z0-9+/_-]{24}/g, ({ index }) => {
    const end = scan.end(scan.end(index, base64), padding, 2);
    const text = scan.text.slice(index, end);
    scan.steps += text.length;
    const plain = decoded(text);
    if (plain !== undefined && opens(plain)) scan.mask(index, end);
    return end;
  });
}

/** Whether a text is a kubeconfig that says how to log in, as YAML or JSON. */
export function isKubeconfig(text: string): boolean {
  return (
    /["']?kind["']?\s{0,40}:\s{0,40}["']?Config\b/.test(text) &&
    /["']?users["']?\s{0,40}:/.test(text) &&
    /["']?clusters["']?\s{0,40}:/.test(text)
  );
}
