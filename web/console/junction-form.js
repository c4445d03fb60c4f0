// The simulated EHR on the page of Junction: who asks, for which team and patient, and for what.

import { offer, option } from './dom.js';
import { JUNCTION_FAULTS } from './faults.js';

const CLINICIAN = {
  userId: 'emp123',
  firstName: 'Élodie',
  lastName: 'Côté',
  email: 'elodie.cote@clinic.ca',
};

/** Invented ones, as every person here is. */
const DEMOGRAPHICS = {
  firstName: 'Ana',
  lastName: 'Diaz',
  email: 'ana.diaz@example.com',
  phoneNumber: '+15555550100',
  gender: 'female',
  dob: '1986-03-09',
  address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
};

const MODALITIES = ['feature_embed', 'link_out'];

export class JunctionForm {
  #form;
  #scene;
  #voice;
  #world = { users: [], orders: [], teams: [] };

  constructor(form, scene, voice) {
    this.#form = form;
    this.#scene = scene;
    this.#voice = voice;
    const first = { ...CLINICIAN, integrationTeamId: 'clinic-7', teamName: 'Clinic 7', clientUserId: 'patient123' };
    for (const [name, value] of Object.entries(first)) {
      this.#field(name).value = value;
    }
    voice.whenSpoken(() => this.#build());
    form.addEventListener('input', () => this.#reflect());
  }

  /** Calls back whenever anything changes, and once at first. */
  whenChanged(listener) {
    this.#form.addEventListener('input', listener);
    listener();
  }

  whenSubmitted(listener) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      listener();
    });
  }

  /** Offers the patients and orders that there are at Junction. */
  offer(world) {
    this.#world = world;
    this.#build();
  }

  /** Who asks, for what, and what goes wrong. What is left empty is not stated. */
  facts() {
    const value = (name) => this.#field(name).value;
    const asks = value('asks');
    const statesAll = asks === 'documented';
    const clientUserId = value('clientUserId');
    const demographics = this.#field('demographics').checked ? DEMOGRAPHICS : undefined;
    return {
      credential: this.#scene.credentials[asks],
      body: {
        clinician: statesAll ? this.#stated(Object.keys(CLINICIAN)) : undefined,
        team: statesAll ? this.#team() : undefined,
        patient: clientUserId === '' ? undefined : { clientUserId, demographics },
        feature: value('feature'),
        modality: value('modality'),
      },
      query: {
        ...(statesAll && { integration_member_id: value('userId'), integration_team_id: value('integrationTeamId') }),
        feature: value('feature'),
        modality: value('modality'),
      },
      fault: JUNCTION_FAULTS[value('fault')],
    };
  }

  #team() {
    const { integrationTeamId, teamName: name } = this.#stated(['integrationTeamId', 'teamName']);
    return integrationTeamId === undefined ? undefined : { integrationTeamId, name };
  }

  #stated(names) {
    return Object.fromEntries(names.map((name) => [name, this.#field(name).value]).filter(([, text]) => text !== ''));
  }

  #field(name) {
    return this.#form.elements.namedItem(name);
  }

  /** Shows what follows from what was stated. */
  #reflect() {
    const asks = this.#field('asks').value;
    const statesAll = asks === 'documented';
    document.getElementById('asks-meaning').textContent = this.#voice.say(`asks.${asks}.meaning`);
    document.getElementById('clinician').hidden = !statesAll;
    for (const name of ['integrationTeamId', 'teamName']) {
      this.#field(name).disabled = !statesAll;
    }
  }

  /** Builds what depends on tables and on what there is, keeping what was chosen. */
  #build() {
    const say = (key, values) => this.#voice.say(key, values);
    const { users, orders, teams } = this.#world;
    const nameOf = (list, key, id, name) => list.find((one) => one[key] === id)?.[name] ?? id;
    const userOf = (id) => nameOf(users, 'user_id', id, 'client_user_id');
    const teamOf = (id) => nameOf(teams, 'id', id, 'integration_team_id');
    offer(this.#field('feature'), [
      option('order_creation', say('features.order_creation')),
      ...users.map(({ user_id: id, team_id: team }) =>
        option(`order_creation:${id}`, say('features.order_creation:*', { patient: userOf(id), team: teamOf(team) })),
      ),
      ...orders.map(({ id, user_id: user, team_id: team }) =>
        option(`order:${id}`, say('features.order:*', { patient: userOf(user), team: teamOf(team) })),
      ),
      option('team_panels', say('features.team_panels')),
      option('team_config', say('features.team_config')),
    ]);
    offer(
      this.#field('modality'),
      MODALITIES.map((modality) => option(modality, `${modality} · ${say(`modalities.${modality}`)}`)),
    );
    offer(this.#field('fault'), [
      option('', say('junctionFaults.none')),
      ...Object.keys(JUNCTION_FAULTS).map((fault) => option(fault, say(`junctionFaults.${fault}`))),
    ]);
    this.#reflect();
  }
}
