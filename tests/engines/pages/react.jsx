// A chart in React: a launch function as a property, and an event.

import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

import '/sdk/clinical-embed.js';

window.effects = 0;
window.messages = [];

async function launch({ contextKey, reason, signal }) {
  const response = await fetch('/launch', { method: 'POST', body: JSON.stringify({ contextKey, reason }), signal });
  return response.json();
}

function Chart() {
  const [patient, setPatient] = useState('A');
  useEffect(() => {
    window.effects += 1;
    window.choosePatient = setPatient;
  }, []);
  return <clinical-embed contextKey={patient} launch={launch} onembed-message={({ detail }) => window.messages.push(detail)} />;
}

const root = createRoot(document.querySelector('main'));
root.render(<StrictMode><Chart /></StrictMode>);
window.leave = () => new Promise((resolve) => {
  root.unmount();
  setTimeout(resolve);
});
window.ready = true;
