// A gateway that tells where its operator's pages are.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Instance } from '../compare.d/instance.mjs';

export class AuditedInstance extends Instance {
  static async start(scene, contender, options) {
    const instance = await super.start(scene, contender, options);
    const log = readFileSync(join(instance.kept, 'gateway.log'), 'utf8');
    const lines = log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    instance.adminAddress = lines.find(({ message }) => message === 'listening').admin_address;
    return instance;
  }
}
