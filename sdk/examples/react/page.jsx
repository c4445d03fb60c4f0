import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

// #region react
import { ClinicalEmbedElement } from '@empego-gateway/clinical-embed';
import '@empego-gateway/clinical-embed/register';

function Chart({ contextKey, onNews }) {
  return (
    <clinical-embed
      contextKey={contextKey}
      launchUrl="/ehr/launch"
      frameTitle="Consultation"
      onembed-message={({ detail }) => onNews(`Consultation: ${detail.operation}`)}
    />
  );
}
// #endregion

function Page() {
  const [contextKey, setContextKey] = useState('chart-1');
  const [news, setNews] = useState('');
  async function signOut() {
    ClinicalEmbedElement.closeAll('logout');
    await fetch('/ehr/sign-out', { method: 'POST' });
    setNews('Signed out');
  }
  return (
    <>
      <button id="next" onClick={() => setContextKey('chart-2')}>Next patient</button>
      <button id="sign-out" onClick={signOut}>Sign out</button>
      <Chart contextKey={contextKey} onNews={setNews} />
      <p id="news">{news}</p>
    </>
  );
}

createRoot(document.querySelector('#app')).render(<StrictMode><Page /></StrictMode>);
