// The page that looks into this browser, in a frame of the console as it would be in one of an EHR's page.

import { enter } from './scene.js';

await enter();
await import('/doctor/demo-ehr/v1.js');
