const LOOPBACK = /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const TICKET = /^\/frame\/[\w-]+(\.[\w-]+)*$/;

/** Nothing before the host: an empty user name leaves no trace in the parsed URL, but confuses people who read it. */
const BEGINNING = /^https?:\/\/[^/?#@\\]+([/?#]|$)/i;

/** The URL if a page may open it: https, or http on a loopback host, and without user information. */
export function webUrl(text: unknown): URL | null {
  if (typeof text !== 'string' || text.length > 8192 || !BEGINNING.test(text) || !URL.canParse(text)) {
    return null;
  }
  const url = new URL(text);
  return url.protocol === 'https:' || LOOPBACK.test(url.hostname) ? url : null;
}

/** Whether a text is exactly the origin of such a URL: `*` and `null` are not. */
export function isOrigin(text: unknown): text is string {
  return typeof text === 'string' && webUrl(text)?.origin === text;
}

/** Whether a frame may load the URL: it is the vendor's, or a ticket on the gateway. */
export function isFramable(url: URL, vendor: string, gateway: string | null): boolean {
  return url.origin === vendor || (url.origin === gateway && TICKET.test(url.pathname) && url.search === '');
}
