// How many of a launch's calls had to wait for another.

/** The length of the longest chain of calls, each of which began after the one before had ended. */
export function trips(calls) {
  const chains = [];
  for (const { began, ended } of calls) {
    const before = chains.filter((chain) => chain.ended < began).map((chain) => chain.length);
    chains.push({ ended: ended ?? Infinity, length: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...chains.map((chain) => chain.length));
}
