/** A part of an export: ready with its content, or failed. */
export interface Export {
    pdf?: {
        url: string; /** Epoch milliseconds. */
        expiresAt: number;
    } | 'failed';
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
/** Reads what a frame sent. It never throws, and loses nothing: `raw` has it all. */
export declare function readMessage(raw: unknown, vendor: string): Message;
