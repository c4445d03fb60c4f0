// A gateway with a trail, or without one.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

import { Instance } from '../compare.d/contenders.mjs';

const STORE = '\n[store]\nengine = "sqlite"\nfile = "store.sqlite3"\n';

export class AuditedInstance extends Instance {
  /** The gateway as a contender: with a trail beside its log or in a folder that has one, and with a store, if there is to be one. */
  static contender(gateway, { isAudited, trail, hasStore = false }) {
    if (!isAudited) {
      return { ...gateway, name: 'gateway-without-trail' };
    }
    const prepare = (options) => {
      const prepared = gateway.prepare(options);
      const { folder } = options;
      writeFileSync(join(folder, 'keys'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
      // Not inside the folder of the configuration, which the gateway watches.
      const place = `${folder}-trail`;
      mkdirSync(place);
      const file = prepared.command.at(-1);
      const directory = trail ?? join(place, 'trail');
      appendFileSync(file, `\n[audit]\ndirectory = "${directory}"\nkeyring_file = "keys"\n${hasStore ? STORE : ''}`);
      return prepared;
    };
    return { ...gateway, name: 'gateway-with-trail', prepare };
  }

  static async start(scene, gateway, { isAudited, trail, hasStore, ...options }) {
    const contender = AuditedInstance.contender(gateway, { isAudited, trail, hasStore });
    let log;
    const prepare = (asked) => {
      const prepared = contender.prepare(asked);
      ({ log } = prepared);
      return prepared;
    };
    const instance = await Instance.start(scene, { ...contender, prepare }, options);
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
    instance.adminAddress = lines.find(({ message }) => message === 'listening').admin_address;
    instance.trail = `${dirname(dirname(log))}-trail`;
    return instance;
  }
}
