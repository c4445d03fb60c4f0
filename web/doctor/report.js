// A report: as data for support, and as a list that a person reads.

import { STATES } from './finding.js';
import { texts } from './texts.js';

/** What is sent to support: nothing in it is about a person. */
export function reportOf({ host }, gateway, page, findings) {
  return { gateway, host, page, browser: navigator.userAgent, at: new Date().toISOString(), findings: findings.filter(isKnown) };
}

/** Shows a report in an empty element. Before a page has a frame of it, it needs the line that adds one. */
export function show(place, report, language, { snippet = false } = {}) {
  const { report: words, states } = texts[language];
  if (snippet) {
    const line = `<script type="module" src="${report.gateway}/doctor/${report.host}/v1.js"></script>`;
    place.append(element('p', words.add), element('pre', line));
  }
  const count = (state) => report.findings.filter((finding) => finding.state === state).length;
  const bad = count('problem') + count('warning');
  place.append(element('p', bad === 0 ? words.good : filled(words.bad, { count: bad }), { className: 'outcome', role: 'status' }));
  const list = element('ul', '', { className: 'findings' });
  const byState = [...report.findings].sort((one, other) => weight(one) - weight(other));
  list.append(...byState.map((finding) => item(finding, language, states)));
  place.append(list, copying(report, words));
}

function weight({ state }) {
  return ['problem', 'warning', 'unknown', 'ok'].indexOf(state);
}

function item({ check, state, found, values }, language, states) {
  const { name, [found]: said } = texts[language].checks[check];
  const entry = element('li', '', { className: state });
  entry.append(element('h2', `${states[state]}: ${name}`), element('p', filled(said.found, values)));
  if (said.remedy) {
    entry.append(element('p', filled(said.remedy, values), { className: 'remedy' }));
  }
  return entry;
}

/** Also where a frame may not use the clipboard: then the text is selected, and copied by hand. */
function copying(report, words) {
  const details = element('details', '');
  const text = element('textarea', JSON.stringify(report, null, 2), { readOnly: true, rows: 12, ariaLabel: words.data });
  const button = element('button', words.copy, { type: 'button' });
  const said = element('span', '', { role: 'status' });
  button.addEventListener('click', () => {
    text.select();
    said.textContent = document.execCommand('copy') ? words.copied : words.selected;
  });
  details.append(element('summary', words.data), element('p', words.private), button, ' ', said, text);
  return details;
}

/** A page's findings come from outside: those that no text knows are dropped. */
function isKnown({ check, state, found, values }) {
  const { checks } = texts.en;
  const isOwn = typeof check === 'string' && Object.hasOwn(checks, check) && Object.hasOwn(checks[check], found) && found !== 'name';
  return isOwn && STATES.includes(state) && typeof values === 'object' && values !== null;
}

function filled(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text }, properties);
}
