// What the stand-in for Empego can be made to do wrong, as `PUT /__sim/faults` takes it.

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
