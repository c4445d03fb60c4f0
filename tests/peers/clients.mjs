// Two clients of Empego's API as an EHR has them today. Nothing in them knows of a gateway.
//
// Both take the URL of an endpoint, the query's parameters and the headers. Both return an answer's status, content
// type and body, and throw an error whose `response` has the status and the data of a refusal.

import axios from 'axios';

/** As Empego's sample does it: the query interpolated, the whole body read as the URL. */
async function viaFetch(endpoint, params, headers) {
  const response = await fetch(`${endpoint}${interpolated(params)}`, { method: 'GET', headers });
  if (!response.ok) {
    const { status, statusText } = response;
    throw Object.assign(new Error(statusText), { response: { status, data: await response.json() } });
  }
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: await response.text(),
  };
}

/** With the defaults of axios. */
async function viaAxios(endpoint, params, headers) {
  const response = await axios.get(endpoint, { params, headers });
  return { status: response.status, contentType: response.headers['content-type'], body: response.data };
}

export const CLIENTS = { fetch: viaFetch, axios: viaAxios };

/** The user header in the encoding of Empego's sample; no header without a user. */
export function userHeader(user) {
  return user ? { 'x-integration-user': Buffer.from(JSON.stringify(user)).toString('base64') } : {};
}

function interpolated(params) {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
