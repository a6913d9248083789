/** What a value is shown as that is a secret, and one that nobody knows before an `up`. No other part invents its own. */
export const secret = "[secret]";
export const unknown = "[unknown]";
