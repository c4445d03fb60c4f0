import { OPERATIONS, type Operations, type Schemas } from './contract.js';
/** Where the gateway is, and who calls. */
export type GatewayOptions = Credential & {
    /** The gateway's URL: https, or http on a loopback host. */
    url: string;
    /** Accepts http on other hosts too, for networks that encrypt by themselves. */
    allowHttp?: boolean;
    fetch?: typeof fetch;
    /** For how long a call may take, its retries included; 30,000 unless set. */
    timeoutMs?: number;
};
/** A host's key, or the clinician's token for each call. */
export type Credential = {
    key: string;
    token?: never;
} | {
    token: () => Promise<string>;
    key?: never;
};
/** What a single call may set. */
export interface CallOptions {
    signal?: AbortSignal;
    /** A UUID that ties the call to your own records; a new one unless set. */
    requestId?: string;
    /** The place in your trace, as the W3C's Trace Context has it. */
    traceparent?: string;
    timeoutMs?: number;
}
/** An operation of the contract. */
export type Operation = keyof Operations;
/** What an operation takes: its path, query, header and body, as far as it has them. */
export type Input<O extends Operation> = Omit<Operations[O], 'result'>;
/** What an operation resolves to. */
export type Result<O extends Operation> = Operations[O]['result'];
/** One of Empego's embeddable endpoints, such as `consultation/view`. */
export type Endpoint = {
    [O in Operation]: EndpointOf<(typeof OPERATIONS)[O]>;
}[Operation];
type EndpointOf<T> = T extends `POST /v1/embeddable/${infer E}` ? E : never;
type LaunchOf<E extends Endpoint> = {
    [O in Operation]: (typeof OPERATIONS)[O] extends `POST /v1/embeddable/${E}` ? Operations[O] : never;
}[Operation];
type BodyOf<T> = T extends {
    body: infer B;
} ? B : never;
type ExplainOf<E extends Endpoint> = {
    [O in Operation]: (typeof OPERATIONS)[O] extends `POST /v1/explain/${E}` ? Operations[O] : never;
}[Operation];
/** Time and chance, for tests. */
export interface Surroundings {
    now(): number;
    random(): number;
    sleep(ms: number, signal: AbortSignal): Promise<void>;
}
/** A client of the gateway, for an EHR's server. Every failure is a {@link GatewayError}. */
export declare class GatewayClient {
    #private;
    /** Throws a `TypeError` if an option cannot be used, or if a key would be in a page. */
    constructor(options: GatewayOptions, surroundings?: Surroundings);
    /** Opens one of Empego's endpoints. Pass what it resolves to on to the page, and keep it out of logs. */
    launch<E extends Endpoint>(endpoint: E, body: BodyOf<LaunchOf<E>>, options?: CallOptions): Promise<Schemas['EmbedDocument']>;
    /** What a launch would come to; nothing is sent to Empego. */
    explain<E extends Endpoint>(endpoint: E, body: BodyOf<ExplainOf<E>>, options?: CallOptions): Promise<Schemas['Explanation']>;
    /** Opens a feature of Junction's app. */
    launchJunction(body: Schemas['JunctionLaunch'], options?: CallOptions): Promise<Schemas['JunctionDocument']>;
    /** An address for Junction's Fast Launch. */
    fastLaunchJunction(query: Input<'fastLaunchJunction'>['query'], options?: CallOptions): Promise<Schemas['FastLaunchDocument']>;
    /** Calls any operation of the contract by its `operationId`. */
    call<O extends Operation>(operation: O, input: Input<O>, options?: CallOptions): Promise<{
        result: Result<O>;
        requestId: string;
    }>;
}
export {};
