import type { Launch } from './types.js';

/** The origins that a page's policy must list for this launch, if the violation is about it. */
export function blockedHosts(
  { blockedURI, effectiveDirective, disposition }: SecurityPolicyViolationEvent,
  { url, origin }: Launch,
): readonly string[] | null {
  // A ticket leads on to the vendor, and engines differ in which of the two they name.
  const hosts = [...new Set([new URL(url).origin, origin])];
  const named = URL.canParse(blockedURI) && hosts.includes(new URL(blockedURI).origin);
  return named && disposition === 'enforce' && /^(frame|child)-src$/.test(effectiveDirective) ? hosts : null;
}
