// Callers: each sends one request and says how it ended.

import { Agent, request as send } from 'node:http';

import { LIMITS } from './configuration.mjs';
import { MANNERS, bringsToken, claimsFor } from './mix.mjs';

/** Longer than anything may take here. */
const BOUND_MS = 20_000;

/** Connections are given up well before the gateway does it, so that no request meets a closing one. */
const IDLE_MS = (LIMITS.keepAliveSecs * 1000) / 2;

export class Client {
  #port;
  #keyOf;
  #issuer;
  #kept = new Agent({ keepAlive: true, maxFreeSockets: 16, timeout: IDLE_MS });
  #lingering = new Set();

  constructor(port, keyOf, issuer) {
    this.#port = port;
    this.#keyOf = keyOf;
    this.#issuer = issuer;
  }

  /** How many connections wait for the gateway to close them. */
  get lingering() {
    return this.#lingering.size;
  }

  /**
   * Sends a request of the mix.
   *
   * An answer has `status`, and `code` as the caller reads it: none if the body tells none. Otherwise `gone` says that
   * the caller went away before there was one, `broken` that there will be none.
   */
  ask(asked) {
    return new Promise((resolve) => {
      const request = send({
        host: '127.0.0.1',
        port: this.#port,
        method: asked.method ?? 'GET',
        path: asked.path,
        headers: this.#headers(asked),
        agent: this.#agent(asked.manner),
      });
      let timers = [];
      const end = (outcome) => {
        timers.forEach(clearTimeout);
        timers = [];
        resolve(outcome);
      };
      const giveUp = (outcome, rudely) => {
        end(outcome);
        if (rudely && request.socket) {
          request.socket.resetAndDestroy();
        }
        request.destroy();
      };
      request.on('error', (error) => end({ broken: error.code ?? error.message }));
      request.on('response', (response) => read(response, end, asked.isNeverEnding && request));
      timers.push(setTimeout(() => giveUp({ broken: `no answer in ${BOUND_MS} ms` }), BOUND_MS));
      if (asked.manner === MANNERS.leaving) {
        const leave = () => timers.push(setTimeout(() => giveUp({ gone: true }, asked.leavesRudely), asked.staysMs));
        request.on('finish', leave);
      }
      write(request, asked);
    });
  }

  /** Closes the connections that are kept for later. */
  rest() {
    this.#kept.destroy();
  }

  #headers(asked) {
    const headers = { 'x-request-id': asked.id, ...asked.headers };
    if (bringsToken(asked)) {
      const token = this.#issuer.token(claimsFor(asked), { ageSecs: asked.tokenAgeSecs });
      headers.Authorization = `Bearer ${token}`;
    } else if (asked.host) {
      headers['Api-Key'] = this.#keyOf(asked.host);
    }
    if (asked.body !== undefined && !asked.isChunked) {
      // One that never ends promises more than it brings.
      headers['Content-Length'] = Buffer.byteLength(asked.body) + (asked.isNeverEnding ? 1 : 0);
    }
    return headers;
  }

  #agent(manner) {
    switch (manner) {
      case MANNERS.kept:
        return this.#kept;
      case MANNERS.lingering: {
        const agent = new Agent({ keepAlive: true });
        agent.on('free', (socket) => {
          this.#lingering.add(socket);
          socket.once('close', () => this.#lingering.delete(socket));
        });
        return agent;
      }
      default:
        return false;
    }
  }
}

function write(request, { body, isNeverEnding }) {
  if (isNeverEnding) {
    request.write(body);
  } else {
    request.end(body);
  }
}

function read(response, end, unfinished) {
  const chunks = [];
  response.on('data', (chunk) => chunks.push(chunk));
  response.on('error', (error) => end({ broken: error.code ?? error.message }));
  response.on('end', () => {
    end({ status: response.statusCode, code: codeOf(response, Buffer.concat(chunks).toString()) });
    unfinished?.destroy?.();
  });
}

function codeOf({ statusCode }, body) {
  if (statusCode < 300) {
    return 'ok';
  }
  try {
    return JSON.parse(body).code;
  } catch {
    return undefined;
  }
}
