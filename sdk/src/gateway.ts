import { isOrigin } from './urls.js';

let servedBy: string | null = null;

/** Has elements that name no gateway accept tickets of this one. */
export function trustGateway(origin: string): void {
  servedBy = isOrigin(origin) ? origin : null;
}

/** The gateway that this script came from, if it came from one. */
export function servingGateway(): string | null {
  return servedBy;
}
