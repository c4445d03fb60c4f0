// What is checked from the EHR's page, because no frame can see it of itself.

import { finding } from './finding.js';
import { allowsFrame } from './policy.js';

const POLICY_MS = 2_000;
const REPORTED_MS = 100;
const MODULE_MS = 5_000;

/** Without these an app does not work; without the others, parts of it may not. */
const NEEDED = ['allow-scripts', 'allow-same-origin', 'allow-forms'];
const USEFUL = ['allow-popups', 'allow-downloads'];

/** Everything but the policy. */
export async function checkPage(facts, gateway, frame) {
  return [origin(facts), secure(), isolation(), ...sandbox(frame), await module(facts, gateway)];
}

/** Whether the gateway lets this page show its frame. */
export function isListed({ origins }) {
  return origins.includes(self.origin);
}

function origin(facts) {
  const values = { origin: self.origin, host: facts.host };
  return isListed(facts) ? finding('origin', 'ok', 'listed', values) : finding('origin', 'problem', 'unlisted', values);
}

function secure() {
  const values = { origin: location.origin };
  return isSecureContext ? finding('secure', 'ok', 'secure') : finding('secure', 'problem', 'insecure', values);
}

function isolation() {
  return crossOriginIsolated ? finding('isolation', 'problem', 'isolated') : finding('isolation', 'ok', 'open');
}

function sandbox(frame) {
  const attribute = frame.getAttribute('sandbox');
  if (attribute === null) {
    return [finding('sandbox', 'ok', 'none')];
  }
  const tokens = attribute.toLowerCase().split(/\s+/);
  const without = (wanted) => wanted.filter((token) => !tokens.includes(token)).join(' ');
  const [needed, useful] = [without(NEEDED), without(USEFUL)];
  if (needed) {
    return [finding('sandbox', 'problem', 'missing', { tokens: needed })];
  }
  return [useful ? finding('sandbox', 'warning', 'narrow', { tokens: useful }) : finding('sandbox', 'ok', 'wide')];
}

/** Loads the element's module without running it: the page may have one already. */
async function module({ module: { path, integrity } }, gateway) {
  const link = document.createElement('link');
  if (!link.relList.supports('modulepreload')) {
    return finding('module', 'unknown', 'unsupported');
  }
  const own = [...document.scripts].find(({ src }) => src === new URL('v1.js', import.meta.url).href);
  Object.assign(link, { rel: 'modulepreload', crossOrigin: 'anonymous', integrity, href: gateway + path, nonce: own?.nonce ?? '' });
  const loaded = new Promise((resolve) => {
    link.addEventListener('load', () => resolve(finding('module', 'ok', 'loaded')));
    link.addEventListener('error', () => resolve(finding('module', 'problem', 'refused', { origin: gateway })));
    setTimeout(() => resolve(finding('module', 'unknown', 'late')), MODULE_MS);
  });
  document.head.append(link);
  const outcome = await loaded;
  link.remove();
  return outcome;
}

/** Where frames are tried that lead nowhere: a policy that lists one of them is there for the other. */
const NOWHERE = ['data:text/html,', 'https://doctor.invalid/'];

/** Which frames the page's policies allow. A policy shows its text when it blocks something: so it is given what it blocks. */
export function watchPolicy(gateway, apps) {
  const policies = new Set();
  document.addEventListener('securitypolicyviolation', ({ disposition, effectiveDirective, originalPolicy }) => {
    if (disposition === 'enforce' && /^(frame|child|default)-src/.test(effectiveDirective)) {
      policies.add(originalPolicy);
    }
  });
  const allows = (origin) => [...policies].every((policy) => allowsFrame(policy, origin, location.origin));
  return {
    /** Whether the gateway's own frame is blocked, as far as is known by now. */
    isBlocked: () => !allows(gateway),
    async finding() {
      await Promise.all(NOWHERE.map(tried));
      const missing = [[gateway], ...apps].filter((origins) => !origins.some(allows)).map(([origin]) => origin);
      return missing.length > 0
        ? finding('frame-src', 'problem', 'missing', { origins: missing.join(' ') })
        : finding('frame-src', 'ok', 'allowed');
    },
  };
}

async function tried(address) {
  const probe = document.createElement('iframe');
  probe.hidden = true;
  probe.src = address;
  const over = new Promise((resolve) => ['load', 'error'].forEach((type) => probe.addEventListener(type, resolve)));
  document.body.append(probe);
  await Promise.race([over, later(POLICY_MS)]);
  // What was blocked may be reported after the frame's own event.
  await later(REPORTED_MS);
  probe.remove();
}

export function later(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
