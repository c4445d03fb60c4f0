// An identity provider on loopback, as far as a token host needs one: a discovery document, a key, and signed tokens.

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const TTL_SECS = 300;

export class Issuer {
  #server;
  #keyId = randomUUID();
  #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  static async start() {
    const issuer = new Issuer();
    issuer.#server = createServer((request, response) => issuer.#answer(request, response));
    issuer.#server.listen(0, '127.0.0.1');
    await once(issuer.#server, 'listening');
    return issuer;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** A token with these claims; `ageSecs` ago it was issued. */
  token(claims, { ageSecs = 0 } = {}) {
    const issuedAt = Math.floor(Date.now() / 1000) - ageSecs;
    const times = { iat: issuedAt, exp: issuedAt + TTL_SECS };
    const head = encoded({ alg: 'ES256', typ: 'at+jwt', kid: this.#keyId });
    const signed = `${head}.${encoded({ iss: this.origin, ...times, ...claims })}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: this.#keys.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${signed}.${signature.toString('base64url')}`;
  }

  #answer(request, response) {
    const key = { ...this.#keys.publicKey.export({ format: 'jwk' }), kid: this.#keyId, alg: 'ES256', use: 'sig' };
    const documents = {
      '/.well-known/openid-configuration': { issuer: this.origin, jwks_uri: `${this.origin}/keys` },
      '/keys': { keys: [key] },
    };
    const document = documents[request.url];
    response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  }
}

function encoded(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
