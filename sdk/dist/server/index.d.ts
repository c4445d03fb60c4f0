/**
 * A client of the gateway, for an EHR's server.
 *
 * @packageDocumentation
 */
export { type CallOptions, type Credential, type Endpoint, GatewayClient, type GatewayOptions, type Input, type Operation, type Result, type Surroundings, } from './client.js';
export type { Operations, Schemas } from './contract.js';
export { type ClientCode, type GatewayCode, GatewayError, type GatewayErrorFacts } from './errors.js';
