// Keys that sign tokens, as private JWKs.

import { createPublicKey, randomUUID } from 'node:crypto';

import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';

/** A new key, published for this algorithm and no other. */
export async function newKey(alg) {
  return { ...(await newKeyForAny(alg)), alg };
}

/** A new key, published without an algorithm: any that its type can do will do. */
export async function newKeyForAny(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), use: 'sig' };
}

/** What the world may see of a key. */
export function publicKey({ kid, use, alg, ...key }) {
  return { ...createPublicKey({ key, format: 'jwk' }).export({ format: 'jwk' }), kid, use, alg };
}

/** Signs as an honest provider does, but for what the header says otherwise. */
export async function sign(claims, key, header = {}, options = {}) {
  const whole = { typ: 'at+jwt', alg: key.alg, kid: key.kid, ...header };
  const imported = await importJWK({ ...key, alg: whole.alg });
  return new SignJWT(claims).setProtectedHeader(whole).sign(imported, options);
}
