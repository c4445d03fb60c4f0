// Elements, made without markup: whatever comes from a person or an answer is text.

/** An element with these attributes and children. Attributes that are null are left out; texts become text nodes. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) {
      made.setAttribute(attribute, value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** One of several to choose from. */
export function option(value, text) {
  return element('option', { value }, text);
}

/** Gives a person other things to choose from; what they have chosen stays chosen if it is still there. */
export function offer(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options);
  if ([...select.options].some(({ value }) => value === chosen)) {
    select.value = chosen;
  }
}

/** Terms and what is said of them, as a description list; pairs without a value are left out. */
export function facts(...pairs) {
  const stated = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return element(
    'dl',
    { class: 'facts' },
    stated.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))),
  );
}

/** Text that nobody wrote for people, in a box that scrolls and that the keyboard reaches. */
export function code(text, label) {
  return element('pre', { tabindex: '0', role: 'group', 'aria-label': label }, element('code', {}, text));
}

/** A heading with a button beside it that copies this text. */
export function copyable(heading, text, voice) {
  const said = element('span', { role: 'status', class: 'said' });
  const button = element('button', { type: 'button', class: 'small' }, voice.say('copy.do', { what: heading }));
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = voice.say('copy.done');
    } catch {
      said.textContent = voice.say('copy.failed');
    }
  });
  return element('div', { class: 'heading' }, element('h3', {}, heading), said, button);
}

/** A word in a coloured frame; the colour says nothing that the word does not. */
export function badge(text, kind) {
  return element('span', { class: `badge ${kind}` }, text);
}

/** Text in the gateway's own language, whatever the page's. */
export function quoted(text) {
  return element('q', { lang: 'en' }, text);
}
