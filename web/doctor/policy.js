// Reads a content security policy as browsers do, as far as it says which frames a page may show.

/** Whether a policy lets a page of the origin `page` show a frame of `origin`. */
export function allowsFrame(policy, origin, page) {
  const directives = directivesOf(policy);
  const sources = directives.get('frame-src') ?? directives.get('child-src') ?? directives.get('default-src');
  return sources === undefined || sources.some((source) => matches(source, new URL(origin), new URL(page)));
}

/** The first of a name counts. */
function directivesOf(policy) {
  const directives = new Map();
  for (const text of policy.split(';')) {
    const [name, ...sources] = text.trim().split(/\s+/);
    const key = name.toLowerCase();
    if (key && !directives.has(key)) {
      directives.set(key, sources);
    }
  }
  return directives;
}

const HOST = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*|(?:\*\.)?[^:/?#*]+)(?::(\d+|\*))?(?:\/.*)?$/i;

function matches(source, target, page) {
  const text = source.toLowerCase();
  if (text === "'self'") {
    return target.origin === page.origin;
  }
  if (text === '*') {
    return /^https?:$/.test(target.protocol) || target.protocol === page.protocol;
  }
  if (/^[a-z][a-z\d+.-]*:$/.test(text)) {
    return schemeFits(text, target.protocol);
  }
  const [whole, scheme, host, port] = HOST.exec(text) ?? [];
  return Boolean(
    whole && schemeFits(scheme ? `${scheme}:` : page.protocol, target.protocol) && hostFits(host, target) && portFits(port, target),
  );
}

/** What is written for http is good for https too. */
function schemeFits(written, protocol) {
  return written === protocol || (written === 'http:' && protocol === 'https:');
}

function hostFits(written, { hostname }) {
  return written === '*' || (written.startsWith('*.') ? hostname.endsWith(written.slice(1)) : hostname === written);
}

function portFits(written, { port, protocol }) {
  const of = port || (protocol === 'https:' ? '443' : '80');
  return written === undefined ? port === '' : written === '*' || written === of || (written === '80' && of === '443');
}
