// The demo, on ports that the system chooses.

import { after, start } from '../peers/children.mjs';

const ANY_PORT = '127.0.0.1:0';

export async function startDemo(binary) {
  const printed = [];
  const { facts, stop } = await start(binary, ['demo', '--listen', ANY_PORT, '--simulator-listen', ANY_PORT], {
    console: (line) => /^console +(http\S+)/.exec(line)?.[1],
    simulator: after('simulator '),
    hostKey: after('host key '),
    /** All that it printed before it served. */
    welcome: (line) => {
      printed.push(line);
      return line.startsWith('Stop with ') ? printed : undefined;
    },
  });
  return { ...facts, stop };
}
