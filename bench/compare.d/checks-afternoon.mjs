// The checks of the script one writes in an afternoon: launches that go ahead, and the few that it refuses.

import { same, matches } from './expect.mjs';
import { BARE, COMPLETE, EMBED_URL, MAXIMAL, expectedTarget, userHeader } from './launches.mjs';

export function afternoonChecks(kind) {
  const good = (patient, clinician) => (answer, received, scene) => {
    same('status', answer.status, 200);
    same('cache-control', answer.headers['cache-control'], 'no-store');
    matches('content-type', answer.headers['content-type'], kind === 'native' ? /^application\/json/ : /^text\/plain/);
    same('URL', kind === 'native' ? JSON.parse(answer.body).url : answer.body, EMBED_URL);
    same('upstream calls', received.length, 1);
    same('target', received[0].target, expectedTarget(kind, patient, clinician));
    same('API key', received[0].apiKey, scene.apiKey);
    // Lua keeps no order of members, so that what it writes itself is compared by what it says.
    same('clinician', JSON.parse(Buffer.from(received[0].user, 'base64')), clinician);
    if (kind === 'drop-in') {
      same('user header', received[0].user, userHeader(clinician));
    }
  };
  const refused = (status, calls = 0) => (answer, received) => {
    same('status', answer.status, status);
    same('upstream calls', received.length, calls);
  };
  const unknownLocale =
    kind === 'native' ? { body: JSON.stringify({ clinician: COMPLETE, locale: 'de' }) } : { more: { locale: 'de' } };
  const unreadable = kind === 'native' ? { body: '{"clinician":' } : { header: 'e30' };
  return [
    ['a complete profile', { patient: 'check-complete' }, good('check-complete', COMPLETE)],
    ['a maximal profile', { patient: 'check-max', clinician: MAXIMAL }, good('check-max', MAXIMAL)],
    ['the identifier alone', { patient: 'check-bare', clinician: BARE }, good('check-bare', BARE)],
    ['a key of nobody', { key: 'egw_of-nobody' }, refused(401)],
    ['no key', { key: null }, refused(401)],
    ['no userId', { clinician: { firstName: 'Élodie' } }, refused(400)],
    ['an unknown locale', unknownLocale, refused(400)],
    ['no clinician that can be read', unreadable, refused(400)],
    ['a URL on another host', { patient: 'check-elsewhere' }, refused(502, 1)],
  ];
}
