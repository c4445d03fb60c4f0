// The EHR's page: the package, and launches that a test answers by hand or leaves to the server.

import * as sdk from '/sdk/clinical-embed.js';

const mints = [];

/** A launch that waits in `mints` until a test settles it. */
function launchByHand(request) {
  return new Promise((resolve, reject) => mints.push({ ...request, resolve, reject }));
}

/** Adds an element; `launch-url` leads to the EHR's server unless `byHand`. */
function add({ byHand = false, into = document.body, ...properties } = {}) {
  const element = document.createElement('clinical-embed');
  Object.assign(element, { contextKey: 'context-1', ...(byHand ? { launch: launchByHand } : { launchUrl: '/launch' }), ...properties });
  into.append(element);
  return element;
}

/** Has the app in a frame do something: see app.js. */
function command(frame, what) {
  frame.contentWindow.postMessage({ command: what }, '*');
}

Object.assign(window, { sdk, mints, add, command, launchByHand, ready: true });
