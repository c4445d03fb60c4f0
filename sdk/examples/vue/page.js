import { createApp, h, ref } from 'vue';

// #region vue
import { ClinicalEmbedElement } from '@empego-gateway/clinical-embed';
import '@empego-gateway/clinical-embed/register';

// With templates, tell the compiler instead: isCustomElement: (tag) => tag === 'clinical-embed'
function chart(contextKey, news) {
  return h('clinical-embed', {
    contextKey,
    launchUrl: '/ehr/launch',
    frameTitle: 'Consultation',
    onEmbedMessage: ({ detail }) => (news.value = `Consultation: ${detail.operation}`),
  });
}
// #endregion

createApp({
  setup() {
    const contextKey = ref('chart-1');
    const news = ref('');
    async function signOut() {
      ClinicalEmbedElement.closeAll('logout');
      await fetch('/ehr/sign-out', { method: 'POST' });
      news.value = 'Signed out';
    }
    return () => [
      h('button', { id: 'next', onClick: () => (contextKey.value = 'chart-2') }, 'Next patient'),
      h('button', { id: 'sign-out', onClick: signOut }, 'Sign out'),
      chart(contextKey.value, news),
      h('p', { id: 'news' }, news.value),
    ];
  },
}).mount('#app');
