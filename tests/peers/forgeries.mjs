// Tokens that must not be believed. Each differs from a genuine one in what its name says.

import { createPublicKey, randomUUID } from 'node:crypto';

import { decodeJwt, SignJWT } from 'jose';

import { LoopbackServer } from './loopback.mjs';
import { newKey, publicKey, sign } from './signing-keys.mjs';

const LONGER_THAN_THE_LEEWAY = 90;

/** Somebody with a key, a server that publishes it, and no account. */
export class Attacker {
  /** How often anybody asked the server for anything. */
  visits = 0;
  key;
  #server;

  static async start() {
    const attacker = new Attacker();
    attacker.key = await newKey('ES256');
    attacker.#server = await LoopbackServer.start((_, response) => attacker.#publish(response));
    return attacker;
  }

  get origin() {
    return this.#server.origin;
  }

  stop() {
    return this.#server.stop();
  }

  #publish(response) {
    this.visits += 1;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ issuer: this.origin, jwks_uri: this.origin, keys: [publicKey(this.key)] }));
  }
}

/**
 * By what is wrong: makes the token, out of a genuine one.
 *
 * What only the provider could have signed is signed with its own keys: so nothing but the named fault is wrong.
 */
export const FORGERIES = {
  'that is not signed': ({ claims, keys }) => unsigned({ alg: 'none', kid: keys.ES256.kid }, claims),
  'whose algorithm is none in another case': ({ claims, keys }) =>
    unsigned({ alg: 'nOnE', kid: keys.ES256.kid }, claims),
  'whose signature is cut off': ({ genuine }) => genuine.slice(0, genuine.lastIndexOf('.') + 1),
  'whose signature is all zeros': ({ genuine }) =>
    `${genuine.slice(0, genuine.lastIndexOf('.') + 1)}${Buffer.alloc(64).toString('base64url')}`,
  "that holds another person's claims under its signature": ({ genuine, claims }) => {
    const [header, , signature] = genuine.split('.');
    return [header, encoded({ ...claims, sub: 'somebody-else' }), signature].join('.');
  },
  'whose parts are not JSON': () => 'not.a.token',

  'that takes the published key for a shared secret, as PEM': ({ claims, keys }) =>
    signWithSecret(claims, keys.RS256, keyObject(keys.RS256).export({ type: 'spki', format: 'pem' })),
  'that takes the published key for a shared secret, as a JWK': ({ claims, keys }) =>
    signWithSecret(claims, keys.RS256, JSON.stringify(publicKey(keys.RS256))),
  'signed with a key that is published for another algorithm': ({ claims, keys }) =>
    sign(claims, keys.RS256, { alg: 'PS256' }),

  "signed by somebody else under the key's id": ({ claims, keys, attacker }) =>
    sign(claims, attacker.key, { kid: keys.ES256.kid }),
  'signed with an unknown key': ({ claims, attacker }) => signedByUnknownKey(claims, attacker),
  'that brings its own key': ({ claims, attacker }) => sign(claims, attacker.key, { jwk: publicKey(attacker.key) }),
  "that brings its own key under the published key's id": ({ claims, keys, attacker }) =>
    sign(claims, attacker.key, { kid: keys.ES256.kid, jwk: publicKey(attacker.key) }),
  "that names the attacker's key set": ({ claims, attacker }) => sign(claims, attacker.key, { jku: attacker.origin }),
  "that names the attacker's certificate": ({ claims, attacker }) =>
    sign(claims, attacker.key, { x5u: attacker.origin }),
  'that names the attacker as its issuer': ({ claims, attacker }) =>
    sign({ ...claims, iss: attacker.origin }, attacker.key),
  'that needs an extension nobody knows': ({ claims, keys }) =>
    sign(claims, keys.ES256, { crit: ['urn:unknown'], 'urn:unknown': true }, { crit: { 'urn:unknown': true } }),

  'of another issuer': withClaims(() => ({ iss: 'https://elsewhere.example' })),
  'of nearly the same issuer': withClaims(({ iss }) => ({ iss: `${iss}/` })),
  'without an issuer': withClaims(() => ({ iss: undefined })),
  'for another audience': withClaims(() => ({ aud: 'another-gateway' })),
  'for other audiences': withClaims(() => ({ aud: ['another-gateway', 'a-third'] })),
  'for nobody': withClaims(() => ({ aud: undefined })),
  'that has ended': withClaims(() => ({ exp: now() - LONGER_THAN_THE_LEEWAY })),
  'that never ends': withClaims(() => ({ exp: undefined })),
  'whose end is text': withClaims(({ exp }) => ({ exp: `${exp}` })),
  'that is not valid yet': withClaims(() => ({ nbf: now() + LONGER_THAN_THE_LEEWAY })),
};

/** By whom they name: honest tokens of this host, and no id that could be used. */
export const UNUSABLE = {
  'without a subject': withClaims(() => ({ sub: undefined })),
  'whose subject is a number': withClaims(() => ({ sub: 4711 })),
  'whose subject is empty': withClaims(() => ({ sub: '' })),
  'whose subject has an invisible character': withClaims(({ sub }) => ({ sub: `${sub}\u200b` })),
};

/** By what is odd, but right: an honest provider could have made it. */
export const ODDITIES = {
  'that ended within the leeway': withClaims(() => ({ exp: now() - 30 })),
  'that becomes valid within the leeway': withClaims(() => ({ nbf: now() + 30 })),
  'for several audiences': withClaims(({ aud }) => ({ aud: ['another-gateway', aud] })),
};

/** What forgeries are made of: a genuine token, the keys of its provider, and the attacker. */
export function materials(genuine, provider, attacker) {
  const keys = { RS256: provider.signingKey('RS256'), ES256: provider.signingKey('ES256') };
  return { genuine, claims: decodeJwt(genuine), keys, attacker };
}

/** A new key's id each time. */
export function signedByUnknownKey(claims, attacker) {
  return sign(claims, attacker.key, { kid: randomUUID() });
}

function withClaims(change) {
  return ({ claims, keys }) => sign({ ...claims, ...change(claims) }, keys.ES256);
}

function unsigned(header, claims) {
  return `${encoded(header)}.${encoded(claims)}.`;
}

function encoded(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signWithSecret(claims, { kid }, secret) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(secret));
}

function keyObject(key) {
  return createPublicKey({ key, format: 'jwk' });
}

function now() {
  return Math.floor(Date.now() / 1000);
}
