// A Grafana dashboard, as its file has it.

/** Enough for a rate at the tests' scrape interval. */
const RATE_INTERVAL = '10s';

/** All panels but the rows' titles. */
export function panelsOf(dashboard) {
  return dashboard.panels.filter(({ type }) => type !== 'row');
}

/** What every panel asks for, with nothing left out by the variables. */
export function queriesOf(dashboard) {
  return panelsOf(dashboard).flatMap(({ title, targets }) =>
    targets.map(({ refId, expr }) => ({ name: `${title} (${refId})`, expression: filledIn(expr) })),
  );
}

/** What every variable but the data source's lists the values of. */
export function listsOf(dashboard) {
  const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
  return variables.map(({ name, query }) => {
    const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(query.query);
    return { name, label, expression: filledIn(selector) };
  });
}

/** Every data source that anything in it names. */
export function dataSourcesOf(part) {
  if (typeof part !== 'object' || part === null) {
    return [];
  }
  const inside = Object.entries(part).filter(([key]) => key !== 'datasource');
  const own = 'datasource' in part ? [part.datasource] : [];
  return [...own, ...inside.flatMap(([, value]) => dataSourcesOf(value))];
}

function filledIn(expression) {
  return expression.replaceAll('$__rate_interval', RATE_INTERVAL).replaceAll(/\$\w+/g, '.*');
}
