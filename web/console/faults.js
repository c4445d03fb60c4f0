// What the stand-in for Empego and Junction can be made to do wrong, as `PUT /__sim/faults` takes it.

const refusal = (status, error, message) => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify({ timestamp: '2025-01-15T14:30:00.123Z', status, error, message, path: '/simulated' }),
});

export const FAULTS = {
  headerRejected: refusal(400, 'Bad Request', 'Invalid x-integration-user header format'),
  unauthorized: refusal(401, 'Unauthorized', 'Authentication failed'),
  notFound: refusal(404, 'Not Found', 'No such franchise'),
  tooMany: { status: 429, headers: { 'Retry-After': '30' } },
  error: { status: 500 },
  unavailable: { status: 503 },
  html: { status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' },
  empty: { status: 200, body: '' },
  foreign: { host: 'elsewhere.example' },
  redirect: { redirect: 'http://elsewhere.example/' },
  reset: { reset: true },
  truncated: { truncate: true },
  slow: { delayMs: 1500 },
  silent: { delayMs: 10_000 },
};

/** Junction's last call, without which there is no URL. */
const URL_CALL = { endpoint: 'junction/create_dashboard_url' };

/** A launch may be done twice, since what was remembered may be gone. */
const TWICE = { ...URL_CALL, count: 2 };

const detail = (content) => ({ contentType: 'application/json', body: JSON.stringify({ detail: content }) });

export const JUNCTION_FAULTS = {
  unauthorized: { ...URL_CALL, status: 401, ...detail('Invalid management key') },
  forbidden: { ...TWICE, status: 403, ...detail('Forbidden') },
  conflict: { ...TWICE, status: 409, ...detail('Conflict') },
  rejected: {
    ...TWICE,
    status: 422,
    ...detail([{ loc: ['body', 'modality'], msg: 'Modality is not enabled', type: 'value_error' }]),
  },
  tooMany: { ...URL_CALL, status: 429, headers: { 'Retry-After': '30' } },
  error: { ...URL_CALL, status: 500 },
  unavailable: { ...URL_CALL, status: 503 },
  html: { ...URL_CALL, status: 200, contentType: 'text/html', body: '<!doctype html><title>Sign in</title>' },
  foreign: { ...URL_CALL, host: 'elsewhere.example' },
  reset: { ...URL_CALL, reset: true },
  slow: { ...URL_CALL, delayMs: 1500 },
  silent: { ...URL_CALL, delayMs: 10_000 },
};
