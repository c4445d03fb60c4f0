// Launches with the generated types, and prints what came of them.
//
//   node launches.js ORIGIN HOST_KEY

import createClient from 'openapi-fetch';

import type { components, paths } from '../generated/typescript/schema.js';

const [origin, hostKey] = process.argv.slice(2);
if (!origin || !hostKey) {
  throw new Error('name the origin and the host key');
}

type LaunchForPatient = components['schemas']['LaunchForPatient'];

const clinician = { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };

/** What the contract forbids, and the types with it. */
export const FORBIDDEN: LaunchForPatient[] = [
  // @ts-expect-error Nobody says for which patient.
  { clinician },
  // @ts-expect-error There is no such intent.
  { clinician, intent: 'create', patientKey: 'patient123' },
  // @ts-expect-error A clinician has an identifier.
  { clinician: { firstName: 'Élodie' }, intent: 'upsert', patientKey: 'patient123' },
];

async function launch(key: string, body: LaunchForPatient) {
  const client = createClient<paths>({ baseUrl: origin!, headers: { 'Api-Key': key } });
  const { data, error } = await client.POST('/v1/embeddable/consultation/view', { body });
  if (data) {
    const { url, identity, warnings } = data;
    return { url, identity, warnings };
  }
  const { status, code, errors } = error;
  return { status, code, errors: errors.map(({ field, code }) => ({ field, code })) };
}

const whole: LaunchForPatient = { clinician, intent: 'upsert', patientKey: 'patient123' };

console.log(
  JSON.stringify({
    launched: await launch(hostKey, whole),
    refused: await launch(hostKey, { ...whole, clinician: { ...clinician, email: 'elodie' } }),
    unauthenticated: await launch('egw_nobodys', whole),
  }),
);
