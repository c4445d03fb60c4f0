// An authority of the tests' own, and what it signs.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../children.mjs';

/** Kinds of keys, as OpenSSL creates them. */
export const KINDS = {
  ECDSA: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
  RSA: ['-newkey', 'rsa:2048', '-nodes'],
};
const HERE = 'IP:127.0.0.1';

/**
 * Creates an authority in a folder, a certificate for 127.0.0.1, and one for a client; as paths of files in PEM. `signed`
 * creates more: of this name, for this usage, with these alternative names.
 */
export async function certificatesIn(folder, { kind = 'ECDSA', clientNames = HERE } = {}) {
  const newKey = KINDS[kind];
  const file = (name) => join(folder, name);
  const authority = { cert: file('authority.pem'), key: file('authority.key') };
  await openssl(['req', '-x509', ...newKey, '-subj', '/CN=tests', '-days', '2', '-keyout', authority.key, '-out', authority.cert]);
  const signed = async (name, usage, names = HERE) => {
    const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) => file(`${name}.${end}`));
    await writeFile(extensions, `subjectAltName = ${names}\nextendedKeyUsage = ${usage}\nbasicConstraints = CA:FALSE\n`);
    await openssl(['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
    const by = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial'];
    await openssl(['x509', '-req', '-in', request, ...by, '-days', '2', '-extfile', extensions, '-out', cert]);
    return { cert, key };
  };
  return {
    authority: authority.cert,
    server: await signed('server', 'serverAuth'),
    client: await signed('client', 'clientAuth', clientNames),
    signed,
  };
}

async function openssl(args) {
  const { code, output } = await run('openssl', args);
  assert.equal(code, 0, output);
}
