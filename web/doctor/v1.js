// What an EHR's page loads to have its frames checked. It shows the gateway's page in a frame with the attributes that launches
// name, or in the page's own `<iframe data-doctor>` with the attributes of that, and adds what only the page can see.
//
// The report is an event of the document, `doctor-report`.

import { facts } from './facts.js';
import { finding } from './finding.js';
import { checkPage, isListed, later, watchPolicy } from './page-checks.js';
import { reportOf, show } from './report.js';

const FRAME_MS = 10_000;
/** If it is known why the frame cannot respond. */
const KNOWN_MS = 1_500;

const gateway = new URL(import.meta.url).origin;
const policy = watchPolicy(gateway, facts.apps);
const frame = document.querySelector('iframe[data-doctor]') ?? framed(document.createElement('iframe'));
const { answered, reported } = conversation(frame);
frame.src = `${gateway}/doctor/${facts.host}`;
if (!frame.isConnected) {
  document.body.append(frame);
}

const [checked, ofPolicy] = await Promise.all([checkPage(facts, gateway, frame), policy.finding()]);
const findings = [...checked, ofPolicy];
const isHopeless = policy.isBlocked() || !isListed(facts) || isWithoutScripts(frame);
const origin = await Promise.race([answered, later(isHopeless ? KNOWN_MS : FRAME_MS)]);
if (origin === gateway) {
  frame.contentWindow.postMessage({ doctor: 'page', findings }, gateway);
  publish(await reported);
} else {
  // A frame that lost its origin cannot be sent anything without every other site getting it too.
  const more = origin === undefined && !isHopeless ? [finding('frame', 'problem', 'silent', { origin: gateway })] : [];
  const report = reportOf(facts, gateway, self.origin, [...more, ...findings]);
  const section = document.createElement('section');
  section.lang = language();
  section.ariaLabel = 'Doctor';
  frame.after(section);
  show(section, report, section.lang);
  publish(report);
}

function framed(element) {
  const { referrerPolicy, allow, sandbox } = facts.frame;
  element.title = 'Doctor';
  element.referrerPolicy = referrerPolicy;
  if (allow) {
    element.allow = allow;
  }
  if (sandbox !== undefined) {
    element.setAttribute('sandbox', sandbox);
  }
  Object.assign(element.style, { width: '100%', height: '48rem', border: '0' });
  return element;
}

function isWithoutScripts(element) {
  return element.hasAttribute('sandbox') && !element.sandbox.contains('allow-scripts');
}

/** The frame's origin once it speaks, and its report, which counts only from the gateway's. */
function conversation(element) {
  let answer, report;
  const answered = new Promise((resolve) => (answer = resolve));
  const reported = new Promise((resolve) => (report = resolve));
  addEventListener('message', ({ data, origin, source }) => {
    if (source === null || source !== element.contentWindow || typeof data?.doctor !== 'string') {
      return;
    }
    if (data.doctor === 'ready') {
      answer(origin);
      if (origin === gateway) {
        source.postMessage({ doctor: 'here' }, gateway);
      }
    } else if (data.doctor === 'report' && origin === gateway) {
      report(data.report);
    }
  });
  return { answered, reported };
}

function publish(report) {
  document.dispatchEvent(new CustomEvent('doctor-report', { detail: report }));
}

function language() {
  const tag = document.documentElement.lang || navigator.language;
  return tag.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}
