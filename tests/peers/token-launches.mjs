// Launches by a front end that has its clinician's token, in both forms of the API.

import { API_PATH } from './empego.mjs';

const BOUND_MS = 10_000;

/** The forms, and what each sends for a clinician's language if the launch states no locale. */
export const FORMS = [
  {
    form: 'natively',
    launch: native,
    localeOf: ({ preferredLanguage }) => (preferredLanguage ? { locale: preferredLanguage.toLowerCase() } : {}),
  },
  { form: 'in the drop-in form', launch: dropIn, localeOf: () => ({}) },
];

/** What is stated besides the token and headers is the body. */
export async function native(gateway, endpoint, { token, headers, ...body }) {
  const answer = await ask(gateway, `/v1/embeddable/${endpoint}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && bearer(token)), ...headers },
    body: JSON.stringify(body),
  });
  return { ...answer, url: answer.body.url, warnings: answer.body.warnings };
}

/** What is stated besides the token, headers and intent is the query. */
export async function dropIn(gateway, endpoint, { token, headers, intent, ...query }) {
  const stated = intent ? { 'x-integration-intent': intent } : {};
  const answer = await ask(gateway, `${API_PATH}/embeddable/${endpoint}?${new URLSearchParams(query)}`, {
    headers: { ...bearer(token), ...stated, ...headers },
  });
  return { ...answer, url: answer.body, warnings: answer.headers.get('x-gateway-warnings')?.split(', ') ?? [] };
}

/** What a browser asks before it lets a page of this origin launch natively. */
export function preflight(gateway, endpoint, origin, requestedHeaders) {
  return ask(gateway, `/v1/embeddable/${endpoint}`, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': requestedHeaders.join(','),
    },
  });
}

export function bearer(token) {
  return { Authorization: `Bearer ${token}` };
}

async function ask(gateway, target, request) {
  const url = new URL(target, gateway.baseUrl);
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(BOUND_MS) });
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? await response.json() : await response.text(),
    path: url.pathname,
  };
}
