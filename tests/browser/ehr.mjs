// An EHR that embeds Junction's app, on another site than Junction is: the two names of this machine are two sites to a
// browser.

import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startServing } from '../peers/gateways.mjs';
import { JunctionStandIn } from '../peers/junction-stand-in.mjs';
import { LoopbackServer } from '../peers/loopback.mjs';
import { newKey, publicKey, sign } from '../peers/signing-keys.mjs';
import { temporaryFolder } from '../peers/temporary-folder.mjs';

const ISSUER = 'https://idp.example';
const COOKIE = 'ehr_session';

const TEAM = { id: '11111111-1111-4111-8111-111111111111', name: 'Cardiology', integration_team_id: 'cardio' };
const MEMBER = {
  integration_member_id: 'emp123',
  name: 'Élodie Côté',
  email: 'elodie.cote@clinic.ca',
  team_role_bindings: [{ team_id: TEAM.id }],
};
const PATIENT = { team_id: TEAM.id, client_user_id: 'patient123' };

/** The EHR, the gateway on the same site, and Junction on another. */
export class Ehr {
  origin;
  #folder;
  #junction;
  #gateway;
  #pages;
  #elsewhere;
  #key;
  #token;
  #hostKey = `egw_${randomUUID()}`;
  #sameSite = 'None; Secure';

  static async start(binary) {
    const ehr = new Ehr();
    ehr.#folder = await temporaryFolder();
    ehr.#junction = await JunctionStandIn.start(binary, 'api-key');
    const key = await newKey('ES256');
    await writeFile(join(ehr.#folder.path, 'keys.json'), JSON.stringify({ keys: [publicKey(key)] }));
    await writeFile(join(ehr.#folder.path, 'management-key'), ehr.#junction.facts.managementKey);
    const upstream = { baseUrl: ehr.#junction.facts.baseUrl, apiKey: 'api-key' };
    ehr.#gateway = await startServing(binary, upstream, ehr.#folder.path, ehr.#toml());
    ehr.#key = key;
    ehr.#pages = await LoopbackServer.start((request, response) => ehr.#page(request, response));
    ehr.#elsewhere = await LoopbackServer.start(navigatingPage);
    ehr.origin = byName(ehr.#pages.origin);
    await ehr.restart();
    return ehr;
  }

  /** As at the start: nobody has a session at Junction. */
  async restart(member = MEMBER) {
    this.#sameSite = 'None; Secure';
    const claims = { iss: ISSUER, aud: 'gateway', sub: member.integration_member_id, team: 'cardio' };
    this.#token = await sign({ ...claims, exp: Math.floor(Date.now() / 1000) + 3600 }, this.#key);
    await this.#junction.restart({
      teams: [TEAM],
      members: [member],
      users: [PATIENT],
      continuationUrl: this.#continuation,
    });
  }

  /** The same, and somebody else is signed in, whom Junction knows outside the team. */
  async restartWithout(integrationMemberId) {
    await this.restart({ ...MEMBER, integration_member_id: integrationMemberId, team_role_bindings: [] });
  }

  /** How the EHR's cookie may be sent, from the next page on. */
  set sameSite(attributes) {
    this.#sameSite = attributes;
  }

  /** Where Junction is. */
  get junction() {
    return new URL(this.#junction.facts.embedUrl).origin;
  }

  /** Where Junction sends a browser to have this launch continued. */
  continuation(changes = {}) {
    const parameters = {
      integration_member_id: 'emp123',
      integration_team_id: 'cardio',
      modality: 'feature_embed',
      feature: 'order_creation',
      environment: 'sandbox',
      ...changes,
    };
    return `${this.#continuation}?${new URLSearchParams(parameters)}`;
  }

  /** An address for Fast Launch, from the gateway. */
  async fastLaunch() {
    const query = 'feature=order_creation&modality=feature_embed&integration_member_id=emp123&integration_team_id=cardio';
    const response = await fetch(new URL(`/v1/junction/fast-launch?${query}`, this.#gateway.baseUrl), {
      headers: { 'Api-key': this.#hostKey },
    });
    return (await response.json()).url;
  }

  /** How many sessions Junction was asked for since the restart. */
  async urlsMade() {
    return (await this.#junction.state()).counters.urlsMade;
  }

  /** The EHR's page, with this in its frame. */
  pageWith(frame) {
    return `${this.origin}/?${new URLSearchParams({ frame })}`;
  }

  /** A page of Junction's that goes there by itself. */
  navigatingTo(url) {
    return `${this.#elsewhere.origin}/#${encodeURIComponent(url)}`;
  }

  async stop() {
    await this.#pages?.stop();
    await this.#elsewhere?.stop();
    await this.#gateway?.stop();
    await this.#junction?.stop();
    this.#folder?.remove();
  }

  get #continuation() {
    return byName(new URL('/junction/session-continuation', this.#gateway.baseUrl).href);
  }

  #page(request, response) {
    const { searchParams } = new URL(request.url, this.origin);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Set-Cookie', `${COOKIE}=${this.#token}; Path=/; HttpOnly; SameSite=${this.#sameSite}`);
    const frame = (searchParams.get('frame') ?? 'about:blank').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>EHR</title>
<link rel="icon" href="data:,"><main><h1>EHR</h1><iframe title="Orders" src="${frame}" referrerpolicy="strict-origin"></iframe></main>
<script>window.heard = []; addEventListener("message", ({ origin, data }) => heard.push({ origin, ...data }));</script>`);
  }

  #toml() {
    const { orgId, managementUrl, apiUrl, embedUrl } = this.#junction.facts;
    const digest = createHash('sha256').update(this.#hostKey).digest('hex');
    return `
[[tenant]]
id = "clinic"

[tenant.junction]
org_id = "${orgId}"
management_key_file = "management-key"
integration_slug = "demo-ehr"
region = "us"
environment = "sandbox"
management_url = "${managementUrl}"
api_url = "${apiUrl}"
embed_url = "${embedUrl}"

[[host]]
id = "ehr"
tenant = "clinic"
identity = "asserted"
key_sha256 = "${digest}"

[[host]]
id = "browser"
tenant = "clinic"
identity = "token"
session = { cookie = "${COOKIE}" }
[host.jwt]
issuer = "${ISSUER}"
audience = "gateway"
jwks_file = "keys.json"
[host.jwt.claims]
integration_team_id = "team"
`;
  }
}

function byName(url) {
  return url.replace('//127.0.0.1:', '//localhost:').replace(/\/$/, '');
}

function navigatingPage(_request, response) {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><html lang="en"><title>Junction</title><link rel="icon" href="data:,">
<script>location.href = decodeURIComponent(location.hash.slice(1));</script>`);
}
