import { Problem, show, text } from "../../schema/fields";
import { Secret } from "../../schema/secret";

/** A user of a server, as it stands in an address. */
export const user = (meaning: string) =>
  text((value) => {
    if (!/^[A-Za-z0-9_.-]{1,63}$/.test(value))
      throw new Problem(`${show(value)} is not a user that fits an address; use letters, digits, "_", "." and "-"`);
    return value;
  }).describe(meaning);

/** A password that somebody else chose. It stands in addresses (`DATABASE_URL`, `REDIS_URL`), which hold it as it is. */
export const password = (meaning: string) =>
  text((value) => {
    if (!/^[A-Za-z0-9._~!$&'()*+,;=-]{1,256}$/.test(value))
      throw new Problem(
        "holds a character that an address cannot hold as it is, or is empty or too long; use letters, digits and any of -._~!$&'()*+,;=",
      );
    return new Secret(value);
  }).describe(`${meaning}, stored with \`--secret\``);
