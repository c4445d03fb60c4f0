// A certified OpenID provider on loopback, whose accounts, keys and outages a test decides.

import { randomUUID } from 'node:crypto';

import Provider from 'oidc-provider';
// The package does not export it. Shared by successive providers, it lets a sign-in outlast a rotation.
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';

import { LoopbackServer } from './loopback.mjs';
import { signIn } from './sign-in.mjs';
import { newKey, newKeyForAny, publicKey } from './signing-keys.mjs';

const CLIENT_ID = 'ehr-front-end';
const REDIRECT_URI = 'https://ehr.example/signed-in';
const INTERACTION_PATH = '/interaction';
const TTL_SECS = 300;

const COUNTED = { '/.well-known/openid-configuration': 'discovery', '/jwks': 'jwks' };

/** The provider, up until `stop`. Its issuer stays the same through outages and rotations. */
export class IdentityProvider {
  /** How often somebody asked for the discovery document and for the key set. */
  fetches = { discovery: 0, jwks: 0 };

  #accounts = new Map();
  #cookieKeys = [randomUUID()];
  #storage = createMemoryAdapter();
  #server;
  #provider;
  #keys = [];
  // Made ahead, so that a rotation in the middle of a test takes no time.
  #nextKeys = newKeys();

  static async start() {
    const identityProvider = new IdentityProvider();
    identityProvider.#server = await LoopbackServer.start((request, response) =>
      identityProvider.#answer(request, response),
    );
    await identityProvider.rotate();
    return identityProvider;
  }

  get issuer() {
    return this.#server.origin;
  }

  get keySetUrl() {
    return this.#provider.urlFor('jwks');
  }

  /** What the key set's URL answers, without asking it. */
  get keySet() {
    return { keys: this.#keys.map(publicKey) };
  }

  /** The newest key that is published for this algorithm and no other. */
  signingKey(alg) {
    return this.#keys.find((key) => key.alg === alg);
  }

  /** Has the account sign in. Its claims, but for `sub`, are the token's extra claims. */
  tokenFor(account, { audience, alg = 'ES256', ttlSecs = TTL_SECS }) {
    this.#accounts.set(account.sub, account);
    return signIn({
      endpoints: { authorization: this.#provider.urlFor('authorization'), token: this.#provider.urlFor('token') },
      clientId: CLIENT_ID,
      redirectUri: REDIRECT_URI,
      resource: resourceUri({ audience, alg, ttlSecs }),
      loginHint: account.sub,
    });
  }

  /** Signs with new keys from now on, and goes on publishing the old ones only if asked to. */
  async rotate({ keepOld = false } = {}) {
    const newest = await this.#nextKeys;
    this.#nextKeys = newKeys();
    this.#keys = keepOld ? [...newest, ...this.#keys] : newest;
    this.#provider = this.#newProvider();
  }

  down() {
    this.#server.down();
  }

  up() {
    this.#server.up();
  }

  stop() {
    return this.#server.stop();
  }

  #newProvider() {
    return new Provider(this.issuer, {
      adapter: this.#storage,
      clients: [{ client_id: CLIENT_ID, redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' }],
      cookies: { keys: this.#cookieKeys },
      extraTokenClaims: (_, { accountId }) => this.#accounts.get(accountId),
      features: {
        devInteractions: { enabled: false },
        resourceIndicators: { enabled: true, getResourceServerInfo: (_, uri) => resourceServer(uri) },
      },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      interactions: { url: (_, { uid }) => `${INTERACTION_PATH}/${uid}` },
      jwks: { keys: this.#keys },
    });
  }

  #answer(request, response) {
    const counted = COUNTED[request.url];
    if (counted) {
      this.fetches[counted] += 1;
    }
    if (request.url.startsWith(INTERACTION_PATH)) {
      return consent(this.#provider, request, response);
    }
    return this.#provider.callback()(request, response);
  }
}

/** One key for one algorithm, as most providers publish theirs, and one without an algorithm, as some do. */
function newKeys() {
  return Promise.all([
    newKey('RS256'),
    newKeyForAny('PS256'),
    newKey('ES256'),
    newKey('EdDSA'),
    newKey('ES384'),
    newKey('ES512'),
  ]);
}

/** Answers the login page at once: whom the client hints at is signed in and agrees. */
async function consent(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: params.login_hint, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId: params.login_hint },
    consent: { grantId: await grant.save() },
  });
}

/** A resource indicator is a URI of the client's choice: this one says how its tokens should be. */
function resourceUri(token) {
  return `https://resource.example/?${new URLSearchParams(token)}`;
}

function resourceServer(uri) {
  const token = new URL(uri).searchParams;
  return {
    scope: '',
    audience: token.get('audience'),
    accessTokenFormat: 'jwt',
    accessTokenTTL: Number(token.get('ttlSecs')),
    jwt: { sign: { alg: token.get('alg') } },
  };
}
