import { isText } from './fields.js';

/** Of hosts as the parser writes them: an IPv4 address has four numbers. */
const LOOPBACK = /^((.+\.)?localhost|127[.\d]+|\[::1\])$/;
const TICKET = /^\/frame\/[\w.-]+$/;

/** Nothing before the host: an empty user name leaves no trace in the parsed URL, but confuses people who read it. */
const BEGINNING = /^https?:\/\/[^/?#@\\]+([/?#]|$)/i;

const LONGEST = 8192;

/** The URL that a text is. */
export function parse(text: string, base?: string): URL | null {
  return URL.canParse(text, base) ? new URL(text, base) : null;
}

/** The URL if a page may open it: https, or http on a loopback host, and without user information. */
export function webUrl(text: unknown): URL | null {
  const url = isText(text) && text.length <= LONGEST && BEGINNING.test(text) ? parse(text) : null;
  return url && (url.protocol === 'https:' || LOOPBACK.test(url.hostname)) ? url : null;
}

/** Whether a text is exactly the origin of such a URL: `*` and `null` are not. */
export function isOrigin(text: unknown): text is string {
  return !!text && webUrl(text)?.origin === text;
}

/** Whether a frame may load the URL: it is the vendor's, or a ticket on the gateway. */
export function isFramable(url: URL, vendor: string, gateway: string | undefined): boolean {
  return url.origin === vendor || (url.origin === gateway && TICKET.test(url.pathname) && url.search === '');
}
