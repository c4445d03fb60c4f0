// One launch by each of four clients, whose TLS is that of OpenSSL (three times) and of Java.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { fileURLToPath } from 'node:url';

import { run } from '../children.mjs';

const PATH = '/v1/embeddable/statistics';
const CLINICIAN = { userId: 'u1', firstName: 'Noah', lastName: 'Singh', email: 'noah@clinic.example', licenseNumber: 'MD1' };
const BODY = JSON.stringify({ clinician: CLINICIAN });
const JAVA = fileURLToPath(new URL('Launch.java', import.meta.url));
/** OpenSSL does not speak old versions by itself, and whether the gateway does is the question. */
const ANY_STRENGTH = 'DEFAULT@SECLEVEL=0';

/**
 * Each takes `{ address, version, authority, client, hostKey }`, where files are paths and `version` is such as `TLSv1.2`, and
 * returns `{ version, status, body }`; or it throws with what the client says.
 */
export const CLIENTS = { curl, node, java, openssl };

async function curl({ address, version, authority, client, hostKey }) {
  const number = version.replace('TLSv', '');
  const certificate = client ? ['--cert', client.cert, '--key', client.key] : [];
  const { code, output } = await run('curl', [
    '--silent', '--show-error', '--verbose', '--noproxy', '*', '--http2', '--max-time', '20',
    `--tlsv${number}`, '--tls-max', number, '--ciphers', ANY_STRENGTH, '--cacert', authority, ...certificate,
    '--header', `Authorization: Bearer ${hostKey}`, '--json', BODY, '--write-out', '\nstatus %{http_code} over HTTP/%{http_version}\n',
    `https://${address}${PATH}`,
  ]);
  const agreed = /SSL connection using (\S+) \//.exec(output)?.[1];
  const [, status] = /^status (\d+) over HTTP\/1\.1$/m.exec(output) ?? [];
  if (code !== 0 || !status) {
    throw new Error(output);
  }
  return { version: agreed, status: Number(status), body: output };
}

async function node({ address, version, authority, client, hostKey }) {
  const [host, port] = address.split(':');
  const sending = request({
    host,
    port,
    path: PATH,
    method: 'POST',
    agent: false,
    minVersion: version,
    maxVersion: version,
    ciphers: ANY_STRENGTH,
    ca: await readFile(authority),
    ...(client && { cert: await readFile(client.cert), key: await readFile(client.key) }),
    headers: { Authorization: `Bearer ${hostKey}`, 'Content-Type': 'application/json' },
  });
  sending.end(BODY);
  const [response] = await once(sending, 'response');
  const agreed = response.socket.getProtocol();
  let body = '';
  for await (const part of response.setEncoding('utf8')) {
    body += part;
  }
  return { version: agreed, status: response.statusCode, body };
}

async function java({ address, version, authority, client, hostKey }) {
  // Compiling and starting cost more than the launch does.
  const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  const { code, output } = await run('java', [...quick, JAVA, `https://${address}${PATH}`, version, authority, client?.p12 ?? '-', hostKey, BODY]);
  const [agreed, status, ...body] = output.split('\n').filter((line) => !line.startsWith('Note: '));
  if (code !== 0) {
    throw new Error(output);
  }
  return { version: agreed, status: Number(status), body: body.join('\n') };
}

async function openssl({ address, version, authority, client, hostKey }) {
  const head = [
    `POST ${PATH} HTTP/1.1`, `Host: ${address}`, `Authorization: Bearer ${hostKey}`, 'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(BODY)}`, 'Connection: close', '', '',
  ].join('\r\n');
  const certificate = client ? ['-cert', client.cert, '-key', client.key] : [];
  const session = sClient(address, [option(version), '-CAfile', authority, '-verify_return_error', '-ign_eof', ...certificate]);
  session.child.stdin.write(head + BODY);
  const { code, output } = await session.ended;
  // The line `New` names the version that the cipher came with, which may be older, and is alone only in TLS 1.3.
  const [, agreed] = /^ +Protocol +: (\S+)$/m.exec(output) ?? /^New, (\S+), Cipher is \w/m.exec(output) ?? [];
  const [, status] = /^HTTP\/1\.1 (\d+)/m.exec(output) ?? [];
  if (code !== 0 || !status) {
    throw new Error(output);
  }
  return { version: agreed, status: Number(status), body: output };
}

/** OpenSSL's own client, to be written to; `output` grows, and `ended` is its exit code and output. */
export function sClient(address, args) {
  const child = spawn('openssl', ['s_client', '-connect', address, '-cipher', ANY_STRENGTH, ...args]);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const session = { child, output: '' };
  for (const printed of [child.stdout, child.stderr]) {
    printed.setEncoding('utf8').on('data', (text) => (session.output += text));
  }
  // It may have closed its side already, which its output tells better.
  child.stdin.on('error', () => {});
  session.ended = once(child, 'close').then(([code]) => {
    process.off('exit', kill);
    return { code, output: session.output };
  });
  return session;
}

function option(version) {
  return `-${version.toLowerCase().replace('v', '').replace('.', '_')}`;
}
