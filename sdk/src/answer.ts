import { EmbedError } from './errors.js';
import { defined, type Fields, own } from './fields.js';
import type { Refusal } from './machine.js';
import type { FrameAttributes, Launch } from './types.js';
import { isFramable, isOrigin, webUrl } from './urls.js';

/** What an answer is checked against. */
export interface Trust {
  /** The gateway's origin, if tickets are accepted. */
  readonly gateway: string | null;
  /** If there are any, the vendor's origin must be one of them. */
  readonly allowedOrigins: readonly string[];
}

const POLICY = /^(no-referrer(-when-downgrade)?|(strict-)?origin(-when-cross-origin)?|same-origin|unsafe-url)$/;

/** Reads what a launch resolved to. Only members that are its own count, and each is copied once. */
export function readAnswer(value: unknown, trust: Trust): Launch | EmbedError {
  try {
    const answer = own(value);
    return answer ? read(answer, trust) : new EmbedError('bad_answer');
  } catch {
    return new EmbedError('bad_answer');
  }
}

/** Reads what a launch was rejected with: an error of the gateway, of the EHR's server, or of the network. */
export function readRefusal(value: unknown): Refusal {
  if (value instanceof EmbedError) {
    return { error: value, automatic: false, retryAfter: 0 };
  }
  let fields: Fields | null = null;
  try {
    fields = refusalFields(value);
  } catch {
    // What cannot be read says nothing.
  }
  if (!fields && value instanceof TypeError) {
    return { error: new EmbedError('launch_unreachable', { retryable: true }), automatic: true, retryAfter: 0 };
  }
  const status = whole(fields?.['status'], 599);
  const sent = fields?.['retryable'];
  const retryable = typeof sent === 'boolean' ? sent : status === 429 || status === 503;
  const error = new EmbedError('launch_failed', {
    retryable,
    status,
    gatewayCode: word(fields?.['code']),
    requestId: word(fields?.['requestId']),
  });
  const ofClient = status !== undefined && status < 500;
  return { error, automatic: retryable && !ofClient, retryAfter: whole(fields?.['retryAfter'], 3600) ?? 0 };
}

/** Errors have their members on prototypes too. */
function refusalFields(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const { status, code, retryable, requestId, retryAfter } = value as Fields;
  return status === undefined && code === undefined ? null : { status, code, retryable, requestId, retryAfter };
}

function read(answer: Fields, { gateway, allowedOrigins }: Trust): Launch | EmbedError {
  const requestId = word(answer['requestId']);
  if (answer['url'] === undefined && typeof answer['code'] === 'string') {
    return readRefusal(answer).error;
  }
  const { url, origin } = answer;
  const frame = readFrame(answer['frame']);
  const expiresIn = whole(answer['expiresIn'], Number.MAX_SAFE_INTEGER);
  const modality = answer['modality'];
  const modalityKnown = modality === undefined || modality === 'feature_embed' || modality === 'link_out';
  if (typeof url !== 'string' || !frame || !modalityKnown) {
    return new EmbedError('bad_answer', { requestId });
  }
  if (!isOrigin(origin)) {
    return new EmbedError(typeof origin === 'string' ? 'bad_url' : 'bad_answer', { requestId });
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    return new EmbedError('origin_not_allowed', { requestId });
  }
  const address = webUrl(url);
  if (!address || !isFramable(address, origin, gateway)) {
    return new EmbedError('bad_url', { requestId });
  }
  return defined({ url: address.href, origin, frame, modality, expiresIn, requestId }) as unknown as Launch;
}

function readFrame(value: unknown): FrameAttributes | null {
  const { referrerPolicy, allow, sandbox } = value === undefined ? ({} as Fields) : (own(value) ?? { allow: null });
  const texts = [referrerPolicy, allow, sandbox].every((text) => text === undefined || typeof text === 'string');
  if (!texts || (referrerPolicy !== undefined && !POLICY.test(String(referrerPolicy)))) {
    return null;
  }
  return defined({ referrerPolicy, allow, sandbox });
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

function whole(value: unknown, most: number): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? Math.min(value as number, most) : undefined;
}
