import { EmbedError, type ErrorCode } from './errors.js';
import { defined, type Fields, isText, own, whole } from './fields.js';
import type { Refusal } from './machine.js';
import type { FrameAttributes, Launch } from './types.js';
import { isFramable, isOrigin, webUrl } from './urls.js';

const POLICY = /^(no-referrer(-when-downgrade)?|(strict-)?origin(-when-cross-origin)?|same-origin|unsafe-url)$/;

/**
 * Reads what a launch resolved to. Only members that are its own count, and each is copied once. Throws an {@link EmbedError},
 * or the gateway's error if it is one that was passed on as a success.
 *
 * `gateway` is the origin whose tickets are accepted, if any. If there are `allowedOrigins`, the vendor's must be one of them.
 */
export function readAnswer(value: unknown, gateway: string | undefined, allowedOrigins: readonly string[]): Launch {
  const answer = own(value) ?? {};
  const { url, origin, code, modality } = answer;
  if (url === undefined && isText(code)) {
    throw answer;
  }
  const requestId = word(answer['requestId']);
  const refused = (why: ErrorCode): EmbedError => new EmbedError(why, { requestId });
  const frame = readFrame(answer['frame']);
  const modalityKnown = [undefined, 'feature_embed', 'link_out'].includes(modality as undefined);
  if (!isText(url) || !isText(origin) || !frame || !modalityKnown) {
    throw refused('bad_answer');
  }
  const address = webUrl(url);
  if (!address || !isOrigin(origin) || !isFramable(address, origin, gateway)) {
    throw refused('bad_url');
  }
  if (allowedOrigins.length > 0 && !allowedOrigins.includes(origin)) {
    throw refused('origin_not_allowed');
  }
  const expiresIn = whole(answer['expiresIn']);
  return defined({ url: address.href, origin, frame, modality, expiresIn, requestId }) as unknown as Launch;
}

/** Reads what a launch was rejected with: an error of the gateway, of the EHR's server, or of the network. */
export function readRefusal(value: unknown): Refusal {
  if (value instanceof EmbedError) {
    return { error: value, automatic: false, retryAfter: 0 };
  }
  try {
    // Errors have their members on prototypes too.
    const { status: sent, code, retryable: promised, requestId, retryAfter } = Object(value) as Fields;
    const status = whole(sent, 599);
    const unreachable = status === undefined && value instanceof TypeError;
    const retryable = typeof promised === 'boolean' ? promised : unreachable || status === 429 || status === 503;
    const facts = { retryable, status, gatewayCode: word(code), requestId: word(requestId) };
    const error = new EmbedError(unreachable ? 'launch_unreachable' : 'launch_failed', facts);
    return { error, automatic: retryable && !(status && status < 500), retryAfter: Math.min(whole(retryAfter) ?? 0, 3600) };
  } catch {
    // What cannot be read says nothing.
    return readRefusal(null);
  }
}

function readFrame(value: unknown = {}): FrameAttributes | null {
  const { referrerPolicy, allow, sandbox } = own(value) ?? { allow: false };
  const frame = defined({ referrerPolicy, allow, sandbox });
  return Object.values(frame).every(isText) && POLICY.test(String(referrerPolicy ?? 'origin')) ? frame : null;
}

function word(value: unknown): string | undefined {
  return isText(value) && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
