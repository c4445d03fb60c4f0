import { readAnswer, readRefusal, type Trust } from './answer.js';
import { EmbedError } from './errors.js';
import type { Refusal } from './machine.js';
import type { Launch, LaunchFunction, LaunchRequest } from './types.js';

/** Launches, and reads what comes of it. Never rejects. */
export async function requestLaunch(
  launcher: LaunchFunction | null,
  request: LaunchRequest,
  trust: () => Trust,
): Promise<Launch | Refusal> {
  try {
    const answer = readAnswer(await launcher?.(request), trust());
    return answer instanceof EmbedError ? readRefusal(answer) : answer;
  } catch (thrown) {
    return readRefusal(thrown);
  }
}

/**
 * A launch by a path of the page's own origin, which gets `{contextKey, reason, language}` as JSON, with the page's cookies.
 *
 * `null` if the URL leads to another origin: cookies and contexts stay at home.
 */
export function postTo(launchUrl: string, { href, origin }: Location): LaunchFunction | null {
  const url = URL.canParse(launchUrl, href) ? new URL(launchUrl, href) : null;
  return url?.origin === origin ? (request) => post(url.href, request) : null;
}

async function post(url: string, { signal, ...details }: LaunchRequest): Promise<Launch> {
  const response = await fetch(url, {
    // Nothing that a script has put on Object.prototype becomes an option.
    __proto__: null,
    method: 'POST',
    credentials: 'same-origin',
    redirect: 'error',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(details),
    signal,
  } as RequestInit);
  const { ok, status, headers } = response;
  // What is not JSON is read as an answer without members, and refused as such. In WebKit the error is no SyntaxError of the language.
  const answer = (await response.json().catch((error: unknown) => {
    if ((error as Error).name === 'SyntaxError') {
      return null;
    }
    throw error;
  })) as Launch;
  if (ok) {
    return answer;
  }
  throw { retryAfter: Number(headers.get('retry-after') ?? Number.NaN), ...answer, status };
}
