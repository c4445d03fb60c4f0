import { register } from './index.js';

register();

export type { ClinicalEmbedElement } from './index.js';
