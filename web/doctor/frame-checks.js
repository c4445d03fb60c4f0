// What is checked inside the frame, of this browser and of the page around it.

import { finding } from './finding.js';

const MOST_SECONDS = 30;
const FORM_MS = 5_000;

/** Everything but messages, which need the page. What follows from a lost origin is not reported beside it. */
export async function checkFrame(facts, page) {
  const findings = [framed(page), secure(), ownOrigin(), referrer(), permissions(facts)];
  const ofOwnOrigin = hasOwnOrigin() ? [forms(facts), storage(), storageAccess(), cookies(facts), digest(facts), clock()] : [];
  return [...findings, ...(await Promise.all(ofOwnOrigin))];
}

export function hasOwnOrigin() {
  return self.origin !== 'null';
}

/** The origin of the page around, if the browser says it. */
export function pageOrigin() {
  const [parent] = location.ancestorOrigins ?? [];
  const named = parent ?? document.referrer;
  return URL.canParse(named) ? new URL(named).origin : undefined;
}

function framed(page) {
  if (window.parent === window) {
    return finding('framed', 'problem', 'alone');
  }
  return page ? finding('framed', 'ok', 'framed', { origin: page }) : finding('framed', 'unknown', 'unnamed');
}

function secure() {
  return isSecureContext ? finding('secure', 'ok', 'secure') : finding('secure', 'problem', 'insecure', { origin: pageOrigin() ?? '' });
}

function ownOrigin() {
  return hasOwnOrigin() ? finding('own-origin', 'ok', 'kept') : finding('own-origin', 'problem', 'opaque');
}

/** Where forms are not allowed, most browsers do not even ask a form whether it wants to be sent; others send it nowhere. */
async function forms({ host }) {
  const target = document.createElement('iframe');
  target.hidden = true;
  target.name = 'sent';
  const form = Object.assign(document.createElement('form'), { action: `/doctor/${host}/page.css`, target: target.name });
  let isAsked = false;
  form.addEventListener('submit', () => (isAsked = true));
  document.body.append(target, form);
  form.requestSubmit();
  const isSent = isAsked && (await eventually(() => target.contentWindow?.location.pathname === new URL(form.action).pathname));
  target.remove();
  form.remove();
  return isSent ? finding('forms', 'ok', 'sent') : finding('forms', 'problem', 'blocked');
}

async function eventually(isSo) {
  for (const end = performance.now() + FORM_MS; performance.now() < end; ) {
    if (isSo()) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

function referrer() {
  if (!document.referrer) {
    return window.parent === window ? finding('referrer', 'unknown', 'alone') : finding('referrer', 'problem', 'none');
  }
  const { origin, href } = new URL(document.referrer);
  return href === `${origin}/`
    ? finding('referrer', 'ok', 'origin', { origin })
    : finding('referrer', 'warning', 'address', { origin });
}

/** Those that launches ask for in the frame's `allow`. */
function permissions({ frame: { allow = '' } }) {
  const features = allow.split(';').map((entry) => entry.trim().split(/\s+/)[0]).filter(Boolean);
  if (features.length === 0) {
    return finding('permissions', 'ok', 'none');
  }
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  if (policy === undefined) {
    return finding('permissions', 'unknown', 'unsupported', { features: features.join(', ') });
  }
  const denied = features.filter((feature) => !policy.allowsFeature(feature));
  return denied.length > 0
    ? finding('permissions', 'problem', 'denied', { features: denied.join(', ') })
    : finding('permissions', 'ok', 'granted', { features: features.join(', ') });
}

const STORES = {
  localStorage: () => isKeptIn(localStorage),
  sessionStorage: () => isKeptIn(sessionStorage),
  indexedDB: opensDatabase,
};

async function storage() {
  const blocked = [];
  for (const [name, isUsable] of Object.entries(STORES)) {
    // A browser that blocks a store may throw at its very name.
    const usable = await Promise.resolve().then(isUsable).catch(() => false);
    if (!usable) {
      blocked.push(name);
    }
  }
  return blocked.length > 0
    ? finding('storage', 'warning', 'blocked', { stores: blocked.join(', ') })
    : finding('storage', 'ok', 'kept');
}

function isKeptIn(store) {
  const value = nonce();
  store.setItem('doctor', value);
  const isKept = store.getItem('doctor') === value;
  store.removeItem('doctor');
  return isKept;
}

function opensDatabase() {
  const name = `doctor-${nonce()}`;
  return new Promise((resolve) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => resolve(false);
    opening.onsuccess = () => {
      opening.result.close();
      indexedDB.deleteDatabase(name);
      resolve(true);
    };
  });
}

async function storageAccess() {
  if (!document.hasStorageAccess) {
    return finding('storage-access', 'unknown', 'unsupported');
  }
  return (await document.hasStorageAccess())
    ? finding('storage-access', 'ok', 'shared')
    : finding('storage-access', 'ok', 'separate');
}

async function cookies({ host }) {
  const trial = `/doctor/${host}/cookies/${nonce()}`;
  try {
    const set = await fetch(trial, { method: 'POST', credentials: 'include' });
    const seen = await fetch(trial, { credentials: 'include' });
    if (!set.ok || !seen.ok) {
      return finding('cookies', 'unknown', 'unreachable');
    }
    const { shared, partitioned } = await seen.json();
    if (shared) {
      return finding('cookies', 'ok', 'kept');
    }
    return partitioned ? finding('cookies', 'warning', 'partitioned') : finding('cookies', 'warning', 'blocked');
  } catch {
    return finding('cookies', 'unknown', 'unreachable');
  }
}

/** Not every browser compares the digest of a module that it only loads, and a page's policy may forbid to fetch one. */
async function digest({ module: { path, integrity } }) {
  try {
    const { ok } = await fetch(path, { integrity, cache: 'no-store' });
    return ok ? finding('digest', 'ok', 'same') : finding('digest', 'unknown', 'unreachable');
  } catch {
    return finding('digest', 'problem', 'changed', { origin: location.origin });
  }
}

/** The gateway's clock is in every response, in whole seconds. */
async function clock() {
  try {
    const before = Date.now();
    const { headers } = await fetch(location.pathname, { cache: 'no-store' });
    const middle = (before + Date.now()) / 2;
    const seconds = Math.round((middle - Date.parse(headers.get('date'))) / 1000);
    const values = { seconds: Math.abs(seconds) };
    if (Number.isNaN(seconds)) {
      return finding('clock', 'unknown', 'unreachable');
    }
    return Math.abs(seconds) > MOST_SECONDS ? finding('clock', 'warning', seconds > 0 ? 'ahead' : 'behind', values) : finding('clock', 'ok', 'close');
  } catch {
    return finding('clock', 'unknown', 'unreachable');
  }
}

/** 128 random bits, of which nothing is remembered. */
function nonce() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
