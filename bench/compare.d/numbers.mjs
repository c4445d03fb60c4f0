// Numbers, and how they are written in a table.

export const MIB = 2 ** 20;

export const whole = (number) => Math.round(number).toLocaleString('en-US');
export const thousands = (number) => `${(number / 1000).toFixed(1)} k`;
export const oneDecimal = (number) => number.toFixed(1);
export const twoDecimals = (number) => number.toFixed(2);
export const millis = (micros) => (micros / 1000).toFixed(2);

/** The middle of several numbers, with the least and the greatest; nothing of nothing. */
export function spread(numbers) {
  if (numbers === undefined || numbers.length === 0) {
    return undefined;
  }
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/** A spread as text: the median, and in brackets from where to where. */
export function shown({ median, min, max }, write) {
  return `${write(median)} (${write(min)}–${write(max)})`;
}
