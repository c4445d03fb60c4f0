import { readAnswer, readRefusal, type Trust } from './answer.js';
import { EmbedError } from './errors.js';
import type { Refusal } from './machine.js';
import type { Launch, LaunchFunction, LaunchRequest } from './types.js';

/** Characters of a response. The gateway's are below 8,000. */
const LONGEST = 65_536;

/** Launches, and reads what comes of it. Never rejects. */
export async function requestLaunch(
  launcher: LaunchFunction | null,
  request: LaunchRequest,
  trust: () => Trust,
): Promise<Launch | Refusal> {
  try {
    const answer = readAnswer(await launcher?.(request), trust());
    return answer instanceof EmbedError ? readRefusal(answer, 0) : answer;
  } catch (thrown) {
    return readRefusal(thrown, 0);
  }
}

/**
 * A launch by a path of the page's own origin, which gets `{contextKey, reason, language}` as JSON, with the page's cookies.
 *
 * `null` if the URL leads to another origin: cookies and contexts stay at home.
 */
export function postTo(launchUrl: string, base: string, origin: string): LaunchFunction | null {
  if (!URL.canParse(launchUrl, base) || new URL(launchUrl, base).origin !== origin) {
    return null;
  }
  return (request) => post(new URL(launchUrl, base).href, request);
}

async function post(url: string, { signal, contextKey, reason, language }: LaunchRequest): Promise<Launch> {
  const response = await fetch(url, {
    // Nothing that a script has put on Object.prototype becomes an option.
    ...({ __proto__: null } as object),
    method: 'POST',
    mode: 'same-origin',
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ contextKey, reason, language }),
    signal,
  });
  const answer = parsed(await response.text());
  if (response.ok) {
    if (answer === null) {
      throw new EmbedError('bad_answer');
    }
    return answer as Launch;
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw {
    ...(typeof answer === 'object' ? answer : {}),
    status: response.status,
    ...(Number.isSafeInteger(retryAfter) ? { retryAfter } : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return text.length > LONGEST ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
