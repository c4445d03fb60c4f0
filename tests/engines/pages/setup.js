// Before the package: what tests look at, and a clock that they set.

{
  const roots = new WeakMap();
  const { attachShadow } = Element.prototype;
  // What checks a page for accessibility looks into open roots only.
  const more = new URLSearchParams(location.search).has('open') ? { mode: 'open' } : {};
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, { ...init, ...more });
    roots.set(this, root);
    observe(root);
    return root;
  };

  /** Every frame that an element ever held, and each `src` that was set on one in the document. */
  const framed = [];
  const late = [];
  function observe(root) {
    new MutationObserver((records) => {
      for (const { type, target, addedNodes } of records) {
        if (type === 'attributes' && target.localName === 'iframe') {
          late.push(target.src);
        }
        for (const node of addedNodes) {
          const frames = node.localName === 'iframe' ? [node] : (node.querySelectorAll?.('iframe') ?? []);
          framed.push(...[...frames].map(({ src }) => src));
        }
      }
    }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['src'] });
  }

  const seen = [];
  for (const type of ['embed-state', 'embed-message', 'embed-error', 'embed-stale', 'embed-close']) {
    addEventListener(type, ({ detail }) => seen.push({ type, detail: JSON.parse(JSON.stringify(detail ?? null)), whole: detail }));
  }

  const arrived = [];
  addEventListener('message', ({ data, origin }) => arrived.push({ data, origin }));
  const violations = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violations.push(effectiveDirective));

  const rootOf = (element) => roots.get(element);
  const framesOf = (element) => [...rootOf(element).querySelectorAll('iframe')];
  const returns = [];
  addEventListener('pageshow', ({ persisted }) => {
    const elements = [...document.querySelectorAll('clinical-embed')];
    returns.push({ persisted, frames: elements.flatMap(framesOf).length });
  });

  window.watch = { framed, late, seen, arrived, violations, returns, rootOf, framesOf };
}

if (new URLSearchParams(location.search).has('clock')) {
  const realTimeout = window.setTimeout.bind(window);
  let monotonic = 1000;
  let wall = 1.8e12;
  let next = 1;
  const timers = new Map();
  window.setTimeout = (run, ms = 0) => {
    timers.set(next, { run, at: monotonic + ms });
    return next++;
  };
  window.clearTimeout = (id) => timers.delete(id);
  Performance.prototype.now = () => monotonic;
  Date.now = () => wall;

  window.clock = {
    pending: () => timers.size,
    /** Lets time pass, with all that is due in it. */
    async advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, one], [, other]) => one.at - other.at)[0];
        const to = due ? Math.max(due[1].at, monotonic) : end;
        wall += to - monotonic;
        monotonic = to;
        if (!due) {
          return;
        }
        timers.delete(due[0]);
        due[1].run();
        await new Promise((resolve) => realTimeout(resolve));
      }
    },
    /** Sets the clock on the wall, as a person or a server does, or as it stands after the machine slept. */
    setWall(ms) {
      wall += ms;
    },
  };
}
