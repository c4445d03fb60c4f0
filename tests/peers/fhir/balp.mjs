// IHE's Basic Audit Log Patterns, Read and PatientRead, as FHIRPath: what their profiles require beyond AuditEvent itself.

import { createRequire } from 'node:module';

// Both packages are of the older kind.
const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath');
const R4 = require('fhirpath/fhir-context/r4');

const PROFILES = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

const agent = (system, code) => `agent.where(type.coding.exists(system = '${system}' and code = '${code}'))`;
const entity = (code) => `entity.where(type.system = '${TERMINOLOGY}/audit-entity-type' and type.code = '${code}')`;
const role = (...codes) =>
  `role.system = '${TERMINOLOGY}/object-role' and (${codes.map((code) => `role.code = '${code}'`).join(' or ')})`;

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const party = (code) => onlyOne(agent(DCM, code), 'who.exists() and network.exists() and media.exists().not()');
const USER = agent(`${TERMINOLOGY}/v3-ParticipationType`, 'IRCP');
const REQUEST = "entity.where(type.code = 'XrequestId')";

const READ = {
  type: `type.system = '${TERMINOLOGY}/audit-event-type' and type.code = 'rest'`,
  subtype: "subtype.where(system = 'http://hl7.org/fhir/restful-interaction' and (code = 'read' or code = 'vread')).count() = 1",
  action: "action = 'R'",
  outcome: "outcome = '0'",
  client: party('110152'),
  server: party('110153'),
  user: atMostOne(USER, 'who.exists() and requestor = true and network.exists().not() and media.exists().not()'),
  request: atMostOne(
    REQUEST,
    "type.system = 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType' and what.identifier.value.exists()",
  ),
  data: onlyOne(entity('2'), `what.exists() and ${role('4', '3', '20')}`),
};

const RULES = {
  Read: READ,
  PatientRead: {
    ...READ,
    patient: onlyOne(entity('1'), `what.exists() and ${role('1')} and (what.type = 'Patient' or what.reference.startsWith('Patient/'))`),
  },
};

function onlyOne(found, rule) {
  return `${found}.count() = 1 and ${found}.all(${rule})`;
}

function atMostOne(found, rule) {
  return `${found}.count() <= 1 and ${found}.all(${rule})`;
}

/** The profile that an event claims, by its short name. */
export function claimedBy(event) {
  const claimed = event.meta?.profile ?? [];
  return claimed.map((url) => (url.startsWith(PROFILES) ? url.slice(PROFILES.length) : url))[0];
}

/** The rules of a profile that an event breaks. */
export function brokenBy(event, profile) {
  const rules = Object.entries(RULES[profile]);
  return rules.filter(([, rule]) => fhirpath.evaluate(event, rule, {}, R4)[0] !== true).map(([name]) => name);
}

/** Changes to a PatientRead, each against one rule. */
export const MUTANTS = [
  ['type', 'another kind of event', (event) => (event.type.code = 'object')],
  ['subtype', 'no interaction', (event) => event.subtype.shift()],
  ['subtype', 'an interaction that is not reading', (event) => (event.subtype[0].code = 'search')],
  ['action', 'executed rather than read', (event) => (event.action = 'E')],
  ['outcome', 'a failure', (event) => (event.outcome = '4')],
  ['client', 'a client without a network', (event) => delete event.agent[0].network],
  ['client', 'two clients', (event) => event.agent.push(event.agent[0])],
  ['server', 'no server', (event) => event.agent.splice(1, 1)],
  ['user', 'a user with a network', (event) => (event.agent[2].network = event.agent[0].network)],
  ['user', 'a user who has asked for nothing', (event) => (event.agent[2].requestor = false)],
  ['request', 'a request without its id', (event) => delete event.entity[0].what.identifier.value],
  ['data', 'a second object', (event) => event.entity.push(event.entity[1])],
  ['data', 'an object in another role', (event) => (event.entity[1].role.code = '13')],
  ['patient', 'no patient', (event) => event.entity.pop()],
  ['patient', 'a patient who is a group', (event) => (event.entity[2].what.type = 'Group')],
];
