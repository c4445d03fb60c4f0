// What came back, for people: an embed URL with what to know about it, or an error with what its code means.

import { badge, code, element, facts, quoted } from './dom.js';

/** Said of an answer in one line. */
export function summary({ status, document, took }, voice) {
  const time = voice.say('answer.took', { ms: voice.number(Math.round(took)) });
  if (status === 200) {
    return [badge('200', 'good'), ` ${voice.say('answer.launched')} ${time}`];
  }
  return [badge(String(status), 'bad'), ' ', element('code', {}, document?.code ?? ''), ` ${time}`];
}

/** An embed URL without the session that it carries. */
export function embedDocument(document, voice) {
  const say = (key) => voice.say(key);
  return [
    facts(
      [say('answer.url'), element('code', {}, shortened(document.url))],
      [say('answer.origin'), element('code', {}, document.origin)],
      [say('answer.identity'), [element('code', {}, document.identity), ` ${say(`identities.${document.identity}`)}`]],
      [say('answer.audience'), [element('code', {}, document.audience), ` ${say(`audiences.${document.audience}`)}`]],
      [say('answer.frame'), element('code', {}, attributes(document.frame))],
      [say('answer.requestId'), element('code', {}, document.requestId)],
    ),
    element('p', { class: 'note' }, say('answer.secret')),
    warnings(document.warnings, voice),
  ].filter(Boolean);
}

/** A URL of Junction's app without the session that it carries; or an address of Fast Launch, which carries none. */
export function junctionDocument(document, voice) {
  const say = (key) => voice.say(key);
  const isFast = document.expiresIn === undefined;
  return [
    facts(
      [say('answer.url'), element('code', {}, isFast ? document.url : shortened(document.url))],
      [say('answer.origin'), element('code', {}, document.origin)],
      [say('junction.feature'), element('code', {}, document.feature)],
      [say('junction.modality'), [element('code', {}, document.modality), ` ${say(`modalities.${document.modality}`)}`]],
      [say('answer.expiresIn'), isFast ? null : voice.number(document.expiresIn)],
      [say('answer.requestId'), element('code', {}, document.requestId)],
    ),
    element('p', { class: 'note' }, say(isFast ? 'answer.notSecret' : 'answer.secret')),
  ];
}

/** An error, with what its code means and what to do about it. */
export function errorDocument({ document, text, retryAfter }, voice) {
  const say = (key, values) => voice.say(key, values);
  if (document?.code === undefined) {
    return [element('p', {}, say('answer.foreign')), code(text, say('answer.raw'))];
  }
  return [
    element('p', {}, say(`codes.${document.code}.meaning`)),
    element('p', {}, element('strong', {}, say('answer.action')), ` ${say(`codes.${document.code}.action`)}`),
    facts(
      [say('answer.message'), quoted(document.message)],
      [say('answer.source'), [element('code', {}, document.source), ` ${say(`sources.${document.source}`)}`]],
      [say('answer.retryable'), say(document.retryable ? 'answer.yes' : 'answer.no')],
      ['Retry-After', retryAfter],
      [say('answer.upstream'), document.upstream && upstream(document.upstream, say)],
      [say('answer.requestId'), element('code', {}, document.requestId)],
    ),
    ...fieldErrors(document.errors, voice),
    element(
      'details',
      {},
      element('summary', {}, say('answer.raw')),
      code(JSON.stringify(document, null, 2), say('answer.raw')),
    ),
  ];
}

/** Which fields are at fault, and how. */
export function fieldErrors(errors, voice) {
  if (errors.length === 0) {
    return [];
  }
  const column = (key) => element('th', { scope: 'col' }, voice.say(key));
  return [
    element(
      'table',
      {},
      element('caption', {}, voice.say('fields.heading')),
      element('thead', {}, element('tr', {}, column('fields.field'), column('fields.fault'))),
      element(
        'tbody',
        {},
        errors.map((error) =>
          element(
            'tr',
            {},
            element('td', {}, element('code', {}, error.field === '' ? voice.say('fields.whole') : error.field)),
            element('td', {}, voice.say(`fields.faults.${error.code}`), ' ', quoted(error.message)),
          ),
        ),
      ),
    ),
  ];
}

/** What a host should know although the launch goes ahead. */
export function warnings(codes, voice) {
  if (codes.length === 0) {
    return null;
  }
  return element(
    'ul',
    { class: 'warnings' },
    codes.map((warning) => element('li', {}, element('code', {}, warning), ` ${voice.say(`warnings.${warning}`)}`)),
  );
}

function upstream({ status, message }, say) {
  const answered = status === null ? say('answer.unanswered') : String(status);
  return message === undefined ? answered : [`${answered} `, quoted(message)];
}

/** Everything up to the session. */
function shortened(url) {
  const { origin, pathname } = new URL(url);
  return pathname.startsWith('/frame/') ? `${origin}/frame/…` : `${origin}${pathname}?…`;
}

function attributes({ referrerPolicy, allow, sandbox }) {
  const stated = Object.entries({ referrerpolicy: referrerPolicy, allow, sandbox });
  return stated
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');
}
