import { defined, type Fields, own } from './fields.js';
import { webUrl } from './urls.js';

/** A part of an export: ready with its content, or failed. */
export interface Export {
  pdf?: { url: string; /** Epoch milliseconds. */ expiresAt: number } | 'failed';
  text?: string | 'failed';
}

/** A consultation or a follow-up at Empego changed. */
export interface EmpegoMessage {
  readonly vendor: 'empego';
  readonly kind: 'consultation' | 'followup';
  readonly operation: 'create' | 'update' | 'sync' | 'exportInProgress' | 'exportReady' | (string & {});
  readonly id: string;
  readonly status?: string;
  readonly tenantKey?: string;
  /** When, in epoch milliseconds. */
  readonly at?: number;
  readonly export?: Export;
  readonly raw: unknown;
}

/** An order was placed at Junction. */
export interface OrderCreated {
  readonly vendor: 'junction';
  readonly kind: 'order.created';
  readonly orderId: string;
  readonly userId: string;
  readonly teamId: string;
  readonly raw: unknown;
}

/** A person left Junction's order form. */
export interface OrderCancelled {
  readonly vendor: 'junction';
  readonly kind: 'order.creation_cancelled';
  /** `null` if no patient had been chosen. */
  readonly userId: string | null;
  readonly teamId: string;
  readonly raw: unknown;
}

/** A message that this version does not know. */
export interface UnknownMessage {
  readonly vendor: string;
  readonly kind: 'unknown';
  readonly raw: unknown;
}

/**
 * What the app says, in one shape. A message is a hint: what counts is the vendor's event to a server.
 *
 * `raw` is what was sent, and may hold a clinical summary. It is not enumerable, and `toJSON` leaves it and the contents of
 * an export out.
 */
export type Message = EmpegoMessage | OrderCreated | OrderCancelled | UnknownMessage;

/** Longer texts are not what these fields hold. */
const LONGEST = 255;

/** Reads what a frame sent. It never throws, and loses nothing: `raw` has it all. */
export function readMessage(raw: unknown, vendor: string): Message {
  let fields: Fields | null = null;
  try {
    const sent = own(raw);
    fields = sent && (junction(sent) ?? empego(sent));
  } catch {
    // An object that throws when it is read is one that no vendor documents.
  }
  return seal(fields ?? { vendor, kind: 'unknown' }, raw);
}

function junction(sent: Fields): Fields | null {
  const data = own(sent['data']);
  if (!data) {
    return null;
  }
  const orderId = short(data['order_id']);
  const userId = short(data['user_id']);
  const teamId = short(data['team_id']);
  if (sent['type'] === 'urn:junction:order:created' && orderId && userId && teamId) {
    return { vendor: 'junction', kind: 'order.created', orderId, userId, teamId };
  }
  if (sent['type'] === 'urn:junction:order:creation_cancelled' && teamId && (userId || data['user_id'] === null)) {
    return { vendor: 'junction', kind: 'order.creation_cancelled', userId: userId ?? null, teamId };
  }
  return null;
}

function empego(sent: Fields): Fields | null {
  const kind = kindOf([sent['eventType'], sent['evenType']].find((type) => typeof type === 'string'));
  const operation = short(sent['operation']);
  const id = short(sent['id']);
  if (!kind || !operation || !id) {
    return null;
  }
  return defined({
    vendor: 'empego',
    kind,
    operation,
    id,
    status: short(sent['status']),
    tenantKey: short(sent['tenantKey']),
    at: moment(sent['createdAt']),
    export: exported(own(sent['data'])),
  });
}

function kindOf(type: unknown): 'consultation' | 'followup' | undefined {
  return type === 'consultation' ? type : type === 'followUp' || type === 'followup' ? 'followup' : undefined;
}

function exported(data: Fields | null): Export | undefined {
  const pdf = data && own(data['pdfSummary']);
  const text = data && own(data['textualSummary']);
  const all = defined({ pdf: pdf && pdfOf(pdf), text: text && textOf(text) });
  return Object.keys(all).length > 0 ? (all as Export) : undefined;
}

function pdfOf(summary: Fields): Export['pdf'] {
  if (summary['status'] === 'FAILURE') {
    return 'failed';
  }
  const url = summary['fileURL'];
  const expiresAt = epoch(summary['fileURLExpiry']);
  // A page may open this URL, so it must be one that is only a file.
  return typeof url === 'string' && webUrl(url) && expiresAt !== undefined ? { url, expiresAt } : undefined;
}

function textOf(summary: Fields): Export['text'] {
  const content = summary['content'];
  return summary['status'] === 'FAILURE' ? 'failed' : typeof content === 'string' ? content : undefined;
}

/** A text without a zone is UTC. */
function moment(value: unknown): number | undefined {
  if (typeof value !== 'string') {
    return epoch(value);
  }
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(value)) {
    return undefined;
  }
  const iso = `${value.replace(' ', 'T')}Z`;
  const at = Date.parse(iso);
  // Date.parse reads 31 February as 3 March.
  return Number.isNaN(at) || new Date(at).toISOString() !== iso ? undefined : at;
}

function epoch(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= 8.64e15
    ? (value as number)
    : undefined;
}

function short(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : undefined;
}

function seal(fields: Fields, raw: unknown): Message {
  const hidden = { raw: { value: raw }, toJSON: { value: () => outline(fields) } };
  return Object.freeze(Object.defineProperties({ ...fields }, hidden)) as unknown as Message;
}

function outline(fields: Fields): Fields {
  const parts = own(fields['export']);
  if (!parts) {
    return fields;
  }
  const states = Object.entries(parts).map(([name, part]) => [name, part === 'failed' ? part : 'ready']);
  return { ...fields, export: Object.fromEntries(states) as Fields };
}
