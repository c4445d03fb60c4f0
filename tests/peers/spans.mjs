// Reads what the receiver of traces prints: a block for each span, its attributes below it.

const FIELDS = {
  'Trace ID': 'traceId',
  'Parent ID': 'parentId',
  ID: 'id',
  Name: 'name',
  Kind: 'kind',
};

const LAST_ATTRIBUTE = { request: 'duration_ms', upstream: 'tenant' };

export function spansIn(printed) {
  return printed
    .split(/^Span #\d+$/m)
    .slice(1)
    .map(spanOf)
    .filter(({ isWhole }) => isWhole);
}

function spanOf(block) {
  const span = { attributes: {} };
  for (const line of block.split('\n')) {
    const field = /^ {4}([A-Z][A-Za-z ]*?) *: (.*)$/.exec(line);
    const attribute = /^ {5}-> ([^:]+): \w+\((.*)\)$/.exec(line);
    if (field && FIELDS[field[1]]) {
      span[FIELDS[field[1]]] = field[2].trim();
    } else if (attribute) {
      span.attributes[attribute[1]] = attribute[2];
    }
  }
  // It may not have printed all of it yet.
  span.isWhole = LAST_ATTRIBUTE[span.name] in span.attributes;
  return span;
}
