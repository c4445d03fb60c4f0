// A gateway with token hosts, between an identity provider and Empego's stand-in.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServing, startSimulator, tokenHost } from './gateways.mjs';
import { IdentityProvider } from './identity-provider.mjs';

export const API_KEY = 'api-key-of-the-clinic';

export class Scene {
  gateway;
  provider;
  #folder;
  #upstream;

  /** `describeHosts` takes the provider and the configuration's folder. */
  static async start(binary, describeHosts) {
    const scene = new Scene();
    try {
      await scene.#set(binary, describeHosts);
    } catch (error) {
      await scene.stop();
      throw error;
    }
    return scene;
  }

  async stop() {
    await Promise.all([
      this.gateway?.stop(),
      this.provider?.stop(),
      this.#upstream?.stop(),
      this.#folder && rm(this.#folder, { recursive: true }),
    ]);
  }

  async #set(binary, describeHosts) {
    this.#folder = await mkdtemp(join(tmpdir(), 'empego-gateway-peer-'));
    this.provider = await IdentityProvider.start();
    this.#upstream = await startSimulator(binary, API_KEY);
    const hosts = await describeHosts(this.provider, this.#folder);
    this.gateway = await startServing(binary, this.#upstream, this.#folder, hosts.map(tokenHost).join(''));
  }
}
