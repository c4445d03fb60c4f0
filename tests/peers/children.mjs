// Programs that a test starts, and that never outlive it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const BOUND_MS = 10_000;

// Left to its default, a signal would end this process without the exit handlers that end the children.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1));
}

/**
 * Starts a program and waits until its output has told every fact asked for.
 *
 * `readers` maps the name of each fact to a function that finds it in a line, or returns undefined.
 */
export async function start(binary, args, readers) {
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));

  const ended = once(child, 'close');
  const lines = [];
  const endedEarly = ended.then(([code]) => {
    throw new Error(`${args[0]} ended with ${code}, having printed:\n${lines.join('\n')}`);
  });
  const facts = Promise.race([factsOf(child, readers, lines), endedEarly]);

  return {
    facts: await boundedOrKilled(child, facts, `the output of ${args[0]}`),
    /** All that it printed so far. */
    lines,
    /** Asks the program to end, and returns its exit code. */
    async stop() {
      child.kill('SIGTERM');
      const [code] = await boundedOrKilled(child, ended, `the end of ${args[0]}`);
      return code;
    },
  };
}

/** Runs a program to its end, and returns its exit code and all it printed. */
export async function run(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let output = '';
  for (const printed of [child.stdout, child.stderr]) {
    printed.setEncoding('utf8');
    printed.on('data', (text) => (output += text));
  }
  const [code] = await once(child, 'close');
  process.off('exit', end);
  return { code, output };
}

/** Finds what follows a label at the start of a line. */
export function after(label) {
  return (line) => (line.startsWith(label) ? line.slice(label.length).trim() : undefined);
}

/** Keeps reading when all facts are found: a pipe that nobody drains would block the program. */
function factsOf(child, readers, lines) {
  const facts = {};
  return new Promise((resolve) => {
    const read = (line) => {
      lines.push(line);
      for (const [name, find] of Object.entries(readers)) {
        facts[name] ??= find(line);
      }
      if (Object.values(facts).every((fact) => fact !== undefined)) {
        resolve(facts);
      }
    };
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', read);
    }
  });
}

async function boundedOrKilled(child, promise, awaited) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${awaited} took more than ${BOUND_MS} ms`)), BOUND_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
