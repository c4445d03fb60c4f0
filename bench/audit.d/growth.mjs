// A gateway whose trail has become large: how soon it is there, and what a launch takes.

import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

import { chooseMeter, instructionsPerLaunch } from '../compare.d/instructions.mjs';
import { rss } from '../compare.d/proc.mjs';
import { temporaryFolder } from '../compare.d/programs.mjs';
import { AuditedInstance } from './instance.mjs';

const BYTES_OF_A_RECORD = 800;
/** What stays free beside the trail. */
const SPARE_BYTES = 4 * 2 ** 30;
const STARTS = 5;

/** Starts and counts with an empty trail, then with these numbers of records; one that does not fit on the disk is left out. */
export async function growth(scene, audited, { binary, filler, records, counting, bytes, say }) {
  const folder = temporaryFolder();
  const trail = join(folder, 'trail');
  const rows = [];
  let there = 0;
  for (const wanted of [0, ...records]) {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < (wanted - there) * BYTES_OF_A_RECORD + SPARE_BYTES) {
      say(`${count(wanted)} records: left out, since the disk under ${folder} has too little space`);
      break;
    }
    if (wanted > there) {
      const { status } = spawnSync(filler, [trail, String(wanted - there)], { stdio: 'inherit' });
      if (status !== 0) {
        throw new Error(`${filler} ended with ${status}`);
      }
      there = wanted;
    }
    rows.push({ records: wanted, ...(await one(scene, audited, { binary, trail, counting, bytes })) });
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

async function one(scene, audited, { binary, trail, counting, bytes }) {
  const starts = [];
  const idle = [];
  for (let left = STARTS; left > 0; left -= 1) {
    const instance = await AuditedInstance.start(scene, audited, { binary, trail });
    starts.push(instance.firstAnswerMs);
    idle.push(rss(instance.program.pids));
    await instance.stop();
  }
  const options = { binary, trail };
  const instructions = await instructionsPerLaunch(scene, chooseMeter(), audited, bytes, { ...counting, options });
  return { startMs: middle(starts), memory: middle(idle), instructions };
}

function middle(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

export function count(number) {
  return number.toLocaleString('en');
}
