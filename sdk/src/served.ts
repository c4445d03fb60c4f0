// What the gateway serves: one file that defines the element, and accepts tickets of where it came from.
import { register } from './define.js';
import { trustGateway } from './gateway.js';

export * from './index.js';

trustGateway(new URL(import.meta.url).origin);
register();
