// Tells the embedding page what happened, as Empego documents it. Whoever embeds us is not known here, so the message
// goes to any origin; it names a resource, not a person.
const message = document.body.dataset.message;
if (message !== undefined && window.parent !== window) {
  window.parent.postMessage(JSON.parse(message), "*");
}
