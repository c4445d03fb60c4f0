// The table: a row for each figure, a column for each contender, what is wanted, and whether it is reached.

/** A row of one figure: what stands under which contender. Contenders without it are left out. */
export function row(figure, cells, target) {
  const kept = [...cells].filter(([, cell]) => cell !== undefined);
  return { figure, cells: new Map(kept), ...target };
}

/** What is wanted of a figure that may not have been measured. */
export function atMost(found, limit, write) {
  return target(found, `≤ ${write(limit)}`, (number) => number <= limit);
}

export function atLeast(found, limit, write) {
  return target(found, `≥ ${write(limit)}`, (number) => number >= limit);
}

function target(found, wanted, isReached) {
  if (found === undefined) {
    return { wanted, reached: 'not measured' };
  }
  return { wanted, reached: isReached(found) ? 'yes' : '**no**' };
}

/** Rows as a table in Markdown; `columns` are names and titles. */
export function markdown(columns, rows) {
  const cellsOf = ({ figure, cells, wanted = '', reached = '' }) => [
    figure,
    ...columns.map(([name]) => cells.get(name) ?? ''),
    wanted,
    reached,
  ];
  const all = [['figure', ...columns.map(([, title]) => title), 'wanted', 'reached'], ...rows.map(cellsOf)];
  const widths = all[0].map((_, column) => Math.max(3, ...all.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = all;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}
