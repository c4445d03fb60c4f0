// Writes src/server/contract.ts from openapi.yaml: what a host's server may call, and what it gets.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import openapi, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const SOURCE = new URL('../../openapi.yaml', import.meta.url);
export const CONTRACT = new URL('../src/server/contract.ts', import.meta.url);
const TAGS = ['native', 'junction', 'orders', 'explain'];
/** For browsers that Junction sends, and for Junction itself. */
const NOT_FOR_HOSTS = ['continueJunctionSession', 'confirmJunctionSession', 'receiveJunctionEvent'];
const HEADERS = ['Idempotency-Key'];

/** The module's text. */
export async function contract() {
  const whole = parse(await readFile(SOURCE, 'utf8'));
  const schemas = { ...whole.components.schemas };
  const rows = [];
  const operations = [];
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.tags?.some((tag) => TAGS.includes(tag)) && !NOT_FOR_HOSTS.includes(operation.operationId)) {
        rows.push(`  ${operation.operationId}: '${method.toUpperCase()} ${path}',`);
        operations.push(typed(operation, item.parameters ?? [], whole, schemas));
      }
    }
  }
  const used = [...new Set([...operations.join('').matchAll(/schemas\['(\w+)'\]/g)].map(([, name]) => name)), 'Error'];
  const components = { schemas: reachable(schemas, used) };
  const types = astToString(await openapi({ openapi: whole.openapi, info: whole.info, paths: {}, components }));
  const start = types.indexOf('    schemas: {') + '    schemas: {'.length;
  const codes = whole.components.schemas.ErrorCode.enum.map((code) => `  '${code}',`);
  return [
    '// Generated from openapi.yaml by `npm run contract`.',
    '',
    '/** The method and path of every operation. */',
    `export const OPERATIONS = {\n${rows.join('\n')}\n} as const;`,
    '',
    '/** The codes of the gateway’s errors. */',
    `export const CODES = [\n${codes.join('\n')}\n] as const;`,
    '',
    '/** What every operation takes, and what it resolves to. */',
    `export interface Operations {\n${operations.join('\n')}\n}`,
    '',
    `export interface Schemas {${types.slice(start, types.indexOf('\n    };\n    responses:', start))}\n}`,
    '',
  ]
    .join('\n')
    .replaceAll(/components\["schemas"\]\["(\w+)"\]/g, "Schemas['$1']")
    .replaceAll("schemas['", "Schemas['");
}

/** One operation's types. Inline objects get a name. */
function typed({ operationId, summary, parameters = [], requestBody, responses }, shared, whole, schemas) {
  const all = [...shared, ...parameters].map((value) => resolved(whole, value));
  const members = ['path', 'query', 'header'].flatMap((place) => {
    const here = all.filter((one) => one.in === place && (place !== 'header' || HEADERS.includes(one.name)));
    if (here.length === 0) {
      return [];
    }
    const name = `${operationId[0].toUpperCase()}${operationId.slice(1)}${place[0].toUpperCase()}${place.slice(1)}`;
    const required = here.filter((one) => one.required).map((one) => one.name);
    const properties = Object.fromEntries(here.map((one) => [one.name, { description: one.description, ...one.schema }]));
    schemas[name] = { type: 'object', additionalProperties: false, required, properties };
    return [`${place}${required.length > 0 ? '' : '?'}: schemas['${name}'];`];
  });
  if (requestBody) {
    members.push(`body: ${typeOf(resolved(whole, requestBody).content, requestBody.$ref?.split('/').pop() ?? operationId, schemas)};`);
  }
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const results = good.map(([, response]) => typeOf(resolved(whole, response).content, operationId, schemas));
  members.push(`result: ${[...new Set(results)].join(' | ')};`);
  return `  /** ${summary}. */\n  ${operationId}: { ${members.join(' ')} };`;
}

function typeOf(content, owner, schemas) {
  const schema = content['application/json']?.schema;
  if (!schema) {
    return 'Uint8Array';
  }
  if (schema.$ref) {
    return `schemas['${schema.$ref.split('/').pop()}']`;
  }
  const name = `${owner[0].toUpperCase()}${owner.slice(1)}Body`;
  schemas[name] = schema;
  return `schemas['${name}']`;
}

function resolved(whole, value) {
  return value?.$ref ? resolved(whole, at(whole, value.$ref)) : value;
}

/** The schemas that are referred to, and those that they refer to, without examples. */
function reachable(all, names) {
  const schemas = {};
  const queue = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  while (queue.length > 0) {
    const value = queue.pop();
    if (typeof value?.$ref === 'string') {
      const name = value.$ref.split('/').pop();
      if (!(name in schemas)) {
        schemas[name] = all[name];
        queue.push(schemas[name]);
      }
    }
    if (typeof value === 'object' && value !== null) {
      queue.push(...Object.values(value));
    }
  }
  return Object.fromEntries(Object.entries(schemas).sort().map(([name, schema]) => [name, plain(schema)]));
}

function plain(value) {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const members = Object.entries(value).filter(([name]) => !['examples', 'example', 'format'].includes(name));
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}

function at(whole, reference) {
  return reference.slice(2).split('/').reduce((value, name) => value[name], whole);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(CONTRACT, await contract());
}
