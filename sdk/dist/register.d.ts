export type { ClinicalEmbedElement } from './index.js';
