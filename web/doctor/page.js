// The frame's side: checks what it can see, adds what the page around it has seen, and shows all of it.

import { facts } from './facts.js';
import { finding, merged } from './finding.js';
import { checkFrame, hasOwnOrigin, pageOrigin } from './frame-checks.js';
import { reportOf, show } from './report.js';

/** How long a page without the script is waited for, and one with it. */
const SCRIPT_MS = 2_000;
const CHECKS_MS = 12_000;

const page = window.parent === window ? undefined : pageOrigin();
const [own, others] = await Promise.all([checkFrame(facts, page), fromPage()]);
const report = reportOf(facts, location.origin, others.origin ?? page, merged([...own, ...others.messages], others.findings));
document.querySelector('#status').textContent = '';
show(document.querySelector('#report'), report, document.documentElement.lang, { snippet: window.parent === window });
for (const origin of targets()) {
  window.parent.postMessage({ doctor: 'report', report }, origin);
}

/** Where the page around may be: where the browser says, or any page that may show this one. */
function targets() {
  if (window.parent === window) {
    return [];
  }
  return facts.origins.filter((origin) => page === undefined || page === origin);
}

/** What the page around has found; nothing if it does not load the script. */
async function fromPage() {
  const ready = () => targets().forEach((origin) => window.parent.postMessage({ doctor: 'ready' }, origin));
  if (targets().length === 0 || !hasOwnOrigin()) {
    // No page can reply to a frame without an origin, but one with the script learns so.
    ready();
    return { messages: [], findings: [] };
  }
  const heard = await new Promise((resolve) => {
    const giveUp = (ms) => setTimeout(() => resolve(undefined), ms);
    let waiting = giveUp(SCRIPT_MS);
    addEventListener('message', ({ data, origin, source }) => {
      if (source !== window.parent || !facts.origins.includes(origin)) {
        return;
      }
      if (data?.doctor === 'here') {
        clearTimeout(waiting);
        waiting = giveUp(CHECKS_MS);
      } else if (data?.doctor === 'page' && Array.isArray(data.findings)) {
        clearTimeout(waiting);
        resolve({ origin, findings: data.findings });
      }
    });
    ready();
  });
  return heard
    ? { ...heard, messages: [finding('messages', 'ok', 'both', { origin: heard.origin })] }
    : { messages: [finding('messages', 'unknown', 'silent')], findings: [] };
}
