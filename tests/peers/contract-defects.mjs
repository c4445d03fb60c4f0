// Mistakes put into a copy of openapi.yaml, one for each way to disagree, and how schemathesis names them.

import assert from 'node:assert/strict';

const CONTRACT = ['GET /openapi.yaml', 'HEAD /openapi.yaml'];
const DROP_IN = 'GET /empego-integrations/R4/embeddable/statistics';
const NATIVE = 'POST /v1/embeddable/statistics';

/** What is right in openapi.yaml, and what stands there instead; and how and where that is noticed. */
export const DEFECTS = [
  {
    title: 'Undocumented status code',
    operations: [NATIVE],
    right: /(operationId: launchStatistics\n[^]*?)        '400':\n.*\n/,
    wrong: '$1',
  },
  {
    title: 'Undocumented Content-Type',
    operations: [DROP_IN],
    right: /(EmbedUrl:\n[^]*?)text\/plain:/,
    wrong: '$1text/html:',
  },
  {
    title: 'Response violates schema',
    operations: [NATIVE],
    right: /(EmbedDocument:\n +type: object\n[^]*?)enum: \[clinician, patient\]/,
    wrong: '$1enum: [patient]',
  },
  {
    title: 'Response header does not conform to the schema',
    operations: [...CONTRACT, DROP_IN, NATIVE],
    right: 'const: no-referrer',
    wrong: 'const: origin',
  },
  {
    title: 'Schema-violating request accepted',
    operations: [NATIVE],
    right: /(The user, by the host's own identifier\. Never[^]*?)maxLength: 255/,
    wrong: '$1maxLength: 127',
  },
  {
    title: 'Valid data was refused for a reason that a schema can say',
    operations: [DROP_IN, NATIVE],
    right: /(ParameterValue:[^]*?)maxLength: 512/,
    wrong: '$1maxLength: 513',
  },
  {
    title: 'API accepts requests without authentication',
    operations: ['GET /openapi.yaml'],
    right: /(operationId: readContract\n[^]*?) *security: \[\]\n/,
    wrong: '$1',
  },
];

/** The contract with all of them. */
export function withDefects(contract) {
  return DEFECTS.reduce((text, { title, right, wrong }) => {
    const changed = text.replace(right, wrong);
    assert.notEqual(changed, text, `openapi.yaml has no place for: ${title}`);
    return changed;
  }, contract);
}
