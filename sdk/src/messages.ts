import { defined, type Fields, isText, own, whole } from './fields.js';
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
  const sent = own(raw);
  return seal((sent && (junction(sent) ?? empego(sent))) ?? { vendor, kind: 'unknown' }, raw);
}

function junction({ type, data }: Fields): Fields | null {
  const { order_id, user_id, team_id } = own(data) ?? {};
  const orderId = short(order_id);
  const userId = short(user_id) ?? null;
  const teamId = short(team_id);
  if (type === 'urn:junction:order:created' && orderId && userId && teamId) {
    return { vendor: 'junction', kind: 'order.created', orderId, userId, teamId };
  }
  // Null if no patient had been chosen.
  return type === 'urn:junction:order:creation_cancelled' && teamId && (userId || user_id === null)
    ? { vendor: 'junction', kind: 'order.creation_cancelled', userId, teamId }
    : null;
}

function empego({ eventType, evenType, operation, id, status, tenantKey, createdAt, data }: Fields): Fields | null {
  const type = short(eventType) ?? short(evenType) ?? '';
  const kind = /^(consultation|follow[uU]p)$/.test(type) && type.toLowerCase();
  const fields = defined({
    vendor: 'empego',
    kind,
    operation: short(operation),
    id: short(id),
    status: short(status),
    tenantKey: short(tenantKey),
    at: moment(createdAt),
    export: exported(own(data)),
  });
  return kind && fields['operation'] && fields['id'] ? fields : null;
}

function exported(data: Fields | null): Export | undefined {
  const all = defined({ pdf: part(data?.['pdfSummary'], pdfOf), text: part(data?.['textualSummary'], textOf) });
  return Object.keys(all).length > 0 ? all : undefined;
}

function part<T>(value: unknown, read: (summary: Fields) => T): T | 'failed' | null {
  const summary = own(value);
  return summary && (summary['status'] === 'FAILURE' ? 'failed' : read(summary));
}

function pdfOf({ fileURL: url, fileURLExpiry }: Fields): Export['pdf'] {
  const expiresAt = epoch(fileURLExpiry);
  // A page may open this URL, so it must be one that is only a file.
  return isText(url) && webUrl(url) && expiresAt ? { url, expiresAt } : undefined;
}

function textOf({ content }: Fields): Export['text'] {
  return isText(content) ? content : undefined;
}

/** A text without a zone is UTC. */
function moment(value: unknown): number | undefined {
  if (!isText(value)) {
    return epoch(value);
  }
  const iso = `${value.replace(' ', 'T')}Z`;
  const at = epoch(Date.parse(iso));
  // Date.parse reads 31 February as 3 March, and texts of other forms.
  return at && new Date(at).toISOString() === iso ? at : undefined;
}

function epoch(value: unknown): number | undefined {
  // Dates end there.
  return whole(value, 8.64e15) || undefined;
}

function short(value: unknown): string | undefined {
  return isText(value) && value !== '' && value.length <= LONGEST ? value : undefined;
}

function seal(fields: Fields, raw: unknown): Message {
  const hidden = { raw: { value: raw }, toJSON: { value: () => ({ ...fields, export: outline(fields['export']) }) } };
  return Object.freeze(Object.defineProperties({ ...fields }, hidden)) as unknown as Message;
}

function outline(parts: unknown): object | undefined {
  const state = ([name, part]: [string, unknown]): [string, unknown] => [name, part === 'failed' ? part : 'ready'];
  return parts ? Object.fromEntries(Object.entries(parts).map(state)) : undefined;
}
