import type { Launch } from './types.js';
import { parse } from './urls.js';

/** The origins that a page's policy must list for this launch, if the violation is about it. */
export function blockedHosts(
  { blockedURI, effectiveDirective, disposition }: SecurityPolicyViolationEvent,
  { url, origin }: Launch,
): readonly string[] | null {
  // A ticket leads on to the vendor, and engines differ in which of the two they name.
  const hosts = [...new Set([new URL(url).origin, origin])];
  const blocked = parse(blockedURI)?.origin ?? '';
  return hosts.includes(blocked) && disposition === 'enforce' && /^(frame|child)-src$/.test(effectiveDirective) ? hosts : null;
}
