// Chance that can be repeated: the same seed gives the same numbers.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A stream of its own for a part of the work, so that the parts do not take each other's numbers. */
  static stream(seed, name) {
    const mixed = Array.from(name).reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0), 0x01000193), seed);
    return new Random(mixed);
  }

  /** From 0 to below 1: the generator mulberry32. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number of this range, both ends included. */
  between(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  /** One of these, each as often as its `weight` says. */
  pickWeighted(list) {
    const all = list.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.next() * all;
    return list.find(({ weight }) => (left -= weight) < 0) ?? list.at(-1);
  }

  shuffled(list) {
    return list
      .map((item) => [this.next(), item])
      .sort(([one], [other]) => one - other)
      .map(([, item]) => item);
  }

  uuid() {
    const digits = Array.from({ length: 32 }, () => this.between(0, 15).toString(16));
    digits[12] = '4';
    digits[16] = this.pick(['8', '9', 'a', 'b']);
    return digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}
