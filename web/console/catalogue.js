// The second page: every error code, what it means, and a button that brings it about.

import { errorDocument, summary } from './answers.js';
import { Simulator } from './calls.js';
import { badge, code as block, copyable, element } from './dom.js';
import { PROVOCATIONS, provoke } from './provocations.js';
import { enter } from './scene.js';

const SOURCES = ['caller', 'gateway', 'upstream'];

const { scene, voice } = await enter();
const stage = { scene, simulator: new Simulator(scene.simulator) };
const place = document.getElementById('catalogue');
const filter = document.getElementById('filter');
const progress = document.getElementById('progress');

/** What was provoked so far, by code. */
const provoked = new Map();
/** Faults of the stand-in are for its next answer, whosever that is: one after the other. */
let last = Promise.resolve();

voice.whenSpoken(build);
filter.addEventListener('input', sift);
document.getElementById('all').addEventListener('click', provokeAll);

function build() {
  place.replaceChildren(
    ...SOURCES.map((source) =>
      element(
        'section',
        { 'aria-labelledby': `source-${source}` },
        element('h2', { id: `source-${source}` }, voice.say(`catalogue.${source}`)),
        element('p', { class: 'hint' }, voice.say(`sources.${source}`)),
        element('ul', { class: 'cards' }, scene.codes.filter((row) => row.source === source).map(card)),
      ),
    ),
  );
  progress.textContent = '';
  sift();
}

function card({ code, status, retryable, message }) {
  const result = element('div', { class: 'result', role: 'status' });
  const made = element(
    'li',
    { id: code, class: 'card' },
    element(
      'div',
      { class: 'heading' },
      element('h3', {}, element('code', {}, code)),
      badge(String(status), status < 500 ? 'plain' : 'bad'),
      retryable ? badge(voice.say('catalogue.retryable'), 'good') : null,
    ),
    element('p', {}, voice.say(`codes.${code}.meaning`)),
    element('p', {}, element('strong', {}, voice.say('answer.action')), ` ${voice.say(`codes.${code}.action`)}`),
    element('p', { class: 'hint' }, element('q', { lang: 'en' }, message)),
    PROVOCATIONS[code].run ? trigger(code, result) : byHand(code),
    result,
  );
  if (provoked.has(code)) {
    tell(code, result);
  }
  return made;
}

function trigger(code, result) {
  const button = element('button', { type: 'button' }, voice.say('catalogue.provoke', { code }));
  button.addEventListener('click', () => bringAbout(code, result));
  return button;
}

function byHand(code) {
  const { command } = PROVOCATIONS[code];
  const line = command?.(scene);
  return element(
    'div',
    { class: 'by-hand' },
    element('p', { class: 'note' }, voice.say(`reasons.${code}`)),
    line ? copyable(voice.say('catalogue.command'), line, voice) : null,
    line ? block(line, `${voice.say('catalogue.command')}: ${code}`) : null,
  );
}

function bringAbout(code, result) {
  result.textContent = voice.say('answer.waiting');
  last = last.then(async () => {
    try {
      provoked.set(code, await provoke(code, stage));
      tell(code, result);
    } catch {
      result.textContent = voice.say('answer.none');
    }
  });
  return last;
}

function tell(code, result) {
  const answer = provoked.get(code);
  const isRight = answer.document?.code === code;
  result.replaceChildren(
    element(
      'p',
      {},
      badge(voice.say(isRight ? 'catalogue.asExpected' : 'catalogue.unexpected'), isRight ? 'good' : 'bad'),
      ' ',
      ...summary(answer, voice),
    ),
    element(
      'details',
      {},
      element('summary', {}, voice.say('answer.raw')),
      ...(isRight ? [] : errorDocument(answer, voice)),
      block(answer.document ? JSON.stringify(answer.document, null, 2) : answer.text, `${voice.say('answer.raw')}: ${code}`),
    ),
  );
}

async function provokeAll() {
  const codes = scene.codes.map(({ code }) => code).filter((code) => PROVOCATIONS[code].run);
  let right = 0;
  for (const [at, code] of codes.entries()) {
    progress.textContent = voice.say('catalogue.progress', { at: at + 1, of: codes.length });
    await bringAbout(code, document.querySelector(`#${code} .result`));
    right += provoked.get(code)?.document?.code === code ? 1 : 0;
  }
  progress.textContent = voice.say('catalogue.finished', { right, of: codes.length });
}

/** Shows the cards whose text has every word of the filter. */
function sift() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of place.children) {
    const cards = [...section.querySelectorAll('.card')];
    for (const one of cards) {
      const text = one.textContent.toLowerCase();
      one.hidden = !words.every((word) => text.includes(word));
    }
    section.hidden = cards.every((one) => one.hidden);
  }
}
