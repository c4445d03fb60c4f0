import { ClinicalEmbedElement } from '/clinical-embed.js';

const embed = document.querySelector('clinical-embed');
const news = document.querySelector('#news');

// #region events
embed.addEventListener('embed-message', ({ detail }) => {
  if (detail.kind === 'consultation') news.textContent = `Consultation: ${detail.operation}`;
});
embed.addEventListener('embed-error', ({ detail }) => {
  news.textContent = `${detail.code} (request ${detail.requestId ?? 'unknown'})`;
});
// #endregion

// #region patient
document.querySelector('#next').addEventListener('click', () => {
  embed.contextKey = 'chart-2';
});
// #endregion

// #region logout
document.querySelector('#sign-out').addEventListener('click', async () => {
  ClinicalEmbedElement.closeAll('logout');
  await fetch('/ehr/sign-out', { method: 'POST' });
  news.textContent = 'Signed out';
});
// #endregion
