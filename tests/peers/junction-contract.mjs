// Junction's own OpenAPI documents. They are no part of this repository, and are read where they lie.

import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BESIDE_THE_REPOSITORY = fileURLToPath(new URL('../../../shared/reference/junction', import.meta.url));

const MANAGEMENT = 'management-api.openapi.json';
const TEAM = 'junction-api.openapi.json';

/** The paths of both documents, ready for Prism; undefined if they are not there. Scratch files go into `folder`. */
export async function junctionContract(documents = BESIDE_THE_REPOSITORY, folder) {
  const management = join(documents, MANAGEMENT);
  const team = join(documents, TEAM);
  try {
    await Promise.all([access(management), access(team)]);
  } catch {
    return undefined;
  }
  const withTokens = join(folder, TEAM);
  await writeFile(withTokens, JSON.stringify(allowingTokens(JSON.parse(await readFile(team, 'utf8')))));
  return { management, team: withTokens };
}

/** The document knows keys of teams alone; Junction's page on its API says that a team's access token is as good. */
function allowingTokens(document) {
  document.components.securitySchemes.teamAccessToken = { type: 'http', scheme: 'bearer' };
  document.security = [...document.security, { teamAccessToken: [] }];
  return document;
}
