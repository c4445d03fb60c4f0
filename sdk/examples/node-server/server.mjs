// An EHR's server: it knows who is signed in and whose chart is open, and launches at the gateway.
//
//   GATEWAY_URL=… GATEWAY_KEY=… FRAME_SOURCES='https://app.empego.ca' node server.mjs FOLDER

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// #region client
import { GatewayClient, GatewayError } from '@empego-gateway/clinical-embed/server';

const gateway = new GatewayClient({ url: process.env.GATEWAY_URL, key: process.env.GATEWAY_KEY });
// #endregion

const ELEMENT = fileURLToPath(import.meta.resolve('@empego-gateway/clinical-embed/package.json'));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/** Who is signed in, by session cookie. An EHR has this already. */
const sessions = new Map();

/** What a page may know of a chart is an opaque key; which patient it is, the server remembers. */
function signIn(response) {
  const id = randomUUID();
  const clinician = { userId: 'emp123', firstName: 'Élodie', lastName: 'Côté', email: 'elodie.cote@clinic.ca' };
  sessions.set(id, {
    clinician: { ...clinician, licenseNumber: 'MD123456', preferredLanguage: 'FR' },
    charts: new Map([
      ['chart-1', 'patient123'],
      ['chart-2', 'patient456'],
    ]),
  });
  response.setHeader('set-cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
}

function sessionOf(request) {
  const id = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  return { id, session: sessions.get(id) };
}

// #region launch
async function launch(request, response) {
  const { session } = sessionOf(request);
  const { contextKey } = JSON.parse(await textOf(request));
  const patientKey = session?.charts.get(contextKey);
  if (!patientKey || request.headers['sec-fetch-site'] !== 'same-origin') {
    return respond(response, 403, { code: 'not_your_chart' });
  }
  try {
    respond(response, 200, await gateway.launch('consultation/view', { clinician: session.clinician, patientKey }));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    respond(response, error.status ?? 502, error.toJSON());
  }
}
// #endregion

function signOut(request, response) {
  sessions.delete(sessionOf(request).id);
  response.writeHead(204).end();
}

async function sendFile(path, response) {
  const type = TYPES[extname(path)];
  let text;
  try {
    text = type && (await readFile(path));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (!text) {
    return response.writeHead(404).end();
  }
  response.setHeader('content-type', type);
  response.end(text);
}

function respond(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://ehr');
  if (request.method === 'POST') {
    const action = { '/ehr/launch': launch, '/ehr/sign-out': signOut }[pathname];
    return action ? action(request, response) : response.writeHead(404).end();
  }
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; script-src 'self'; connect-src 'self'; frame-src ${process.env.FRAME_SOURCES}`,
  );
  if (pathname === '/clinical-embed.js') {
    return sendFile(join(ELEMENT, '../dist/clinical-embed.js'), response);
  }
  if (pathname === '/') {
    signIn(response);
  }
  return sendFile(join(process.argv[2], pathname === '/' ? 'index.html' : basename(pathname)), response);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error.message);
    response.writeHead(500).end();
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(`ehr http://127.0.0.1:${server.address().port}`));
