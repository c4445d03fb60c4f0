import { EmbedError, type ErrorCode } from './errors.js';
import { defined, type Fields, own, whole } from './fields.js';
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
  const fields = refusalFields(value);
  const status = whole(fields['status'], 599);
  if (status === undefined && value instanceof TypeError) {
    return { error: new EmbedError('launch_unreachable', { retryable: true }), automatic: true, retryAfter: 0 };
  }
  const sent = fields['retryable'];
  const retryable = typeof sent === 'boolean' ? sent : status === 429 || status === 503;
  const error = new EmbedError('launch_failed', {
    retryable,
    status,
    gatewayCode: word(fields['code']),
    requestId: word(fields['requestId']),
  });
  return { error, automatic: retryable && !(status && status < 500), retryAfter: Math.min(whole(fields['retryAfter']) ?? 0, 3600) };
}

/** Errors have their members on prototypes too. What cannot be read says nothing. */
function refusalFields(value: unknown): Fields {
  try {
    const { status, code, retryable, requestId, retryAfter } = Object(value) as Fields;
    return { status, code, retryable, requestId, retryAfter };
  } catch {
    return {};
  }
}

function read(answer: Fields, { gateway, allowedOrigins }: Trust): Launch | EmbedError {
  const { url, origin, code, modality } = answer;
  if (url === undefined && typeof code === 'string') {
    return readRefusal(answer).error;
  }
  const requestId = word(answer['requestId']);
  const refused = (why: ErrorCode): EmbedError => new EmbedError(why, { requestId });
  const frame = readFrame(answer['frame']);
  const modalityKnown = [undefined, 'feature_embed', 'link_out'].includes(modality as undefined);
  if (typeof url !== 'string' || typeof origin !== 'string' || !frame || !modalityKnown) {
    return refused('bad_answer');
  }
  const address = webUrl(url);
  if (!address || !isOrigin(origin) || !isFramable(address, origin, gateway)) {
    return refused('bad_url');
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    return refused('origin_not_allowed');
  }
  const expiresIn = whole(answer['expiresIn']);
  return defined({ url: address.href, origin, frame, modality, expiresIn, requestId }) as unknown as Launch;
}

function readFrame(value: unknown = {}): FrameAttributes | null {
  const { referrerPolicy, allow, sandbox } = own(value) ?? { allow: null };
  const frame = { referrerPolicy, allow, sandbox };
  const good = Object.values(frame).every((text) => text === undefined || typeof text === 'string');
  return good && (referrerPolicy === undefined || POLICY.test(referrerPolicy as string)) ? defined(frame) : null;
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
