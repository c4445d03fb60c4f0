// The contract as a page on which every operation can be tried, with the demo's host key already in place.

const page = window.SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#api',
  tryItOutEnabled: true,
  // Else the document would be sent to a validator on another site.
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  onComplete: signIn,
});

async function signIn() {
  const scene = await fetch('/console/scene.json');
  const { credentials } = await scene.json();
  page.preauthorizeApiKey('hostKey', credentials.documented);
}
