// An identity provider with a hundred keys and no name for any of them, so that each has to be tried.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const KEYS = 100;
const BITS = 4096;

/** Where the key is that signs: the last that the gateway tries for a token without `kid`. */
const AT = 3;

export class ManyKeys {
  #server;
  #keys = generateKeyPairSync('rsa', { modulusLength: BITS });
  #document = JSON.stringify({ keys: Array.from({ length: KEYS }, (_, at) => this.#key(at)) });

  static async start() {
    const issuer = new ManyKeys();
    issuer.#server = createServer((request, response) => issuer.#answer(request, response));
    issuer.#server.listen(0, '127.0.0.1');
    await once(issuer.#server, 'listening');
    return issuer;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** A token with these claims, whose header names no key. */
  token(claims) {
    const issuedAt = Math.floor(Date.now() / 1000);
    const head = encoded({ alg: 'RS256', typ: 'at+jwt' });
    const signed = `${head}.${encoded({ iss: this.origin, iat: issuedAt, exp: issuedAt + 3600, ...claims })}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#keys.privateKey).toString('base64url')}`;
  }

  /** Nobody has the other half of most of them, which costs the same to find out. */
  #key(at) {
    const own = this.#keys.publicKey.export({ format: 'jwk' });
    if (at === AT) {
      return own;
    }
    const modulus = randomBytes(BITS / 8);
    modulus[0] |= 0x80;
    modulus[modulus.length - 1] |= 1;
    return { ...own, n: modulus.toString('base64url') };
  }

  #answer(request, response) {
    const documents = {
      '/.well-known/openid-configuration': JSON.stringify({ issuer: this.origin, jwks_uri: `${this.origin}/keys` }),
      '/keys': this.#document,
    };
    const document = documents[request.url];
    response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(document ?? '{}');
  }
}

function encoded(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
