// What a program shows at /metrics, in the OpenMetrics text format.

import assert from 'node:assert/strict';

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const PARTS_OF_A_HISTOGRAM = /_(bucket|sum|count)$/;

/** Every sample: its name, labels and value. */
export function samplesOf(text) {
  assert.ok(text.endsWith('# EOF\n'), 'the text is complete');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
    return { name, labels: Object.fromEntries(Array.from(labels.matchAll(LABEL), ([, key, word]) => [key, word])), value };
  });
}

/** Every series, as one text each. */
export function seriesOf(samples) {
  const series = samples.map(({ name, labels }) => `${name}${JSON.stringify(Object.entries(labels).toSorted())}`);
  return series.toSorted();
}

/** The metrics' names as they are documented: a histogram's parts have one name. */
export function metricsOf(text) {
  const types = new Map(Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => [name, type]));
  const names = samplesOf(text).map(({ name }) => {
    const family = name.replace(PARTS_OF_A_HISTOGRAM, '');
    return types.get(family) === 'histogram' ? family : name;
  });
  return Array.from(new Set(names)).toSorted();
}
