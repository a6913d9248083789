/** US dollars as people write them: `$1,219`, and cents below a hundred. */
export function money(amount: number): string {
  const cents = Math.abs(amount) < 100 && Math.abs(amount) > 0 ? 2 : 0;
  const text = Math.abs(amount)
    .toFixed(cents)
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${amount < 0 && Number(text.replaceAll(",", "")) !== 0 ? "−" : ""}$${text}`;
}

/** With its sign: `+$41.20`, `−$12.00`. */
export function signedMoney(amount: number): string {
  return amount > 0 ? `+${money(amount)}` : money(amount);
}
