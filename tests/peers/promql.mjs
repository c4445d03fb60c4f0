// What an expression of Prometheus' query language refers to.

const STRING = /"(?:[^"\\]|\\.)*"/g;
const MATCHERS = /\{([^}]*)\}/g;
const MATCHER = /(\w+)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;
const RANGE = /\[[^\]]*\]/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const KEYWORDS = ['and', 'or', 'unless', 'offset', 'bool'];

/** The names of all metrics in it: what is neither a function nor a keyword once labels, ranges and groupings are gone. */
export function metricNames(expression) {
  const bare = [STRING, MATCHERS, RANGE, GROUPING].reduce((text, part) => text.replace(part, ' '), expression);
  const words = Array.from(bare.matchAll(/\b([a-zA-Z_:][\w:]*)(\s*\()?/g));
  return words.filter(([, word, call]) => !call && !KEYWORDS.includes(word)).map(([, word]) => word);
}

/** Every value that it holds a label against; `a(b|c)|d` are three. */
export function labelValues(expression) {
  const matchers = Array.from(expression.matchAll(MATCHERS), ([, inside]) => Array.from(inside.matchAll(MATCHER))).flat();
  return matchers.flatMap(([, label, value]) => alternatives(value).map((pattern) => ({ label, pattern })));
}

function alternatives(pattern) {
  const flat = pattern.replace(/(\w*)\(([^()]*)\)/g, (_, start, ends) =>
    ends
      .split('|')
      .map((end) => start + end)
      .join('|'),
  );
  return flat.split('|');
}
