// The vendor's app, or another site in its place: does what the test's page asks for, and says where it was opened from.

addEventListener('message', ({ data: { command } }) => {
  if (command?.send !== undefined) {
    (window.opener ?? window.parent).postMessage(command.send, '*');
  }
  if (command?.go) {
    location.href = command.go;
  }
  if (command?.focus) {
    document.querySelector('input').focus();
  }
});

const opened = new URLSearchParams(location.search).get('send');
if (opened) {
  (window.opener ?? window.parent).postMessage(JSON.parse(opened), '*');
}

fetch('/opened', {
  method: 'POST',
  body: JSON.stringify({ path: location.pathname, referrer: document.referrer, ancestors: [...(location.ancestorOrigins ?? [])] }),
});
