import type { Launch, LaunchFunction, LaunchRequest } from './types.js';
import { parse } from './urls.js';

/**
 * A launch by a path of the page's own origin, which gets `{contextKey, reason, language}` as JSON, with the page's cookies.
 *
 * `null` if the URL leads to another origin: cookies and contexts stay at home.
 */
export function postTo(launchUrl: string, { href, origin }: Location): LaunchFunction | null {
  const url = parse(launchUrl, href);
  return url?.origin === origin ? (request) => post(url.href, request) : null;
}

async function post(url: string, { signal, ...details }: LaunchRequest): Promise<Launch> {
  const response = await fetch(url, {
    // Nothing that a script has put on Object.prototype becomes an option.
    __proto__: null,
    method: 'POST',
    credentials: 'same-origin',
    redirect: 'error',
    // Some browsers keep responses to a POST too, and this one holds a session.
    cache: 'no-store',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(details),
    signal,
  } as RequestInit);
  const { ok, status, headers } = response;
  // What is not JSON is read as an answer without members, and refused as such. WebKit's error is a SyntaxError by name only.
  const answer = (await response.json().catch((error: unknown) => {
    if ((error as Error).name === 'SyntaxError') {
      return null;
    }
    throw error;
  })) as Launch;
  if (ok) {
    return answer;
  }
  throw { retryAfter: Number(headers.get('retry-after')), ...answer, status };
}
