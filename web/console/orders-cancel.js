// Cancelling a visit or an order, with the reason, and with the fee said beforehand.

import { element, facts, option } from './dom.js';
import { notesBox } from './orders-fields.js';

export class Cancellation {
  #place;
  #voice;
  #reasons = [];
  #actions;
  #open;
  #whenVisit;
  #whenOrder;

  constructor(place, voice, { visit, order }) {
    this.#place = place;
    this.#voice = voice;
    this.#whenVisit = visit;
    this.#whenOrder = order;
  }

  offer(reasons) {
    this.#reasons = reasons;
  }

  /** Shows what the order's actions allow. */
  show(actions) {
    const isAsBefore = JSON.stringify(actions) === JSON.stringify(this.#actions);
    this.#actions = actions;
    if (isAsBefore) {
      return;
    }
    if (!actions?.cancelVisit.allowed && !actions?.cancelOrder.allowed) {
      this.#open = undefined;
    }
    this.build();
  }

  close() {
    this.#open = undefined;
    this.build();
  }

  build() {
    const { cancelVisit, cancelOrder } = this.#actions ?? {};
    const say = (key) => this.#voice.say(key);
    const opening = (what, key) => {
      const button = element('button', { type: 'button', id: key, 'aria-expanded': String(this.#open === what) }, say(`orders.cancel.${what}`));
      button.addEventListener('click', () => {
        this.#open = this.#open === what ? undefined : what;
        this.build();
        document.getElementById(key).focus();
      });
      return button;
    };
    this.#place.replaceChildren(
      element(
        'div',
        { class: 'row' },
        cancelVisit?.allowed ? opening('visit', 'cancel-visit') : null,
        cancelOrder?.allowed ? opening('order', 'cancel-order') : null,
      ),
      ...(this.#open === 'visit' && cancelVisit?.allowed ? [this.#visit(cancelVisit)] : []),
      ...(this.#open === 'order' && cancelOrder?.allowed ? [this.#order(cancelOrder)] : []),
    );
  }

  #visit(action) {
    const say = (key) => this.#voice.say(key);
    const reason = element('select', { name: 'reason' }, this.#reasons.map(({ reasonId, name }) => option(reasonId, name)));
    const refund = element('p', { class: 'hint', role: 'status' });
    const tell = () => {
      const chosen = this.#reasons.find(({ reasonId }) => reasonId === reason.value);
      refund.textContent = chosen === undefined ? '' : say(chosen.refundable ? 'orders.cancel.refundable' : 'orders.cancel.notRefundable');
    };
    reason.addEventListener('change', tell);
    tell();
    const notes = notesBox('cancelNotes', say('orders.cancel.notes'), this.#voice);
    const fee = this.#fee(action);
    return this.#form('visit', [element('label', {}, element('span', {}, say('orders.cancel.reason')), ' ', reason), refund, notes.box, fee.box], () =>
      this.#whenVisit({ reasonId: reason.value, ...(notes.input.value && { notes: notes.input.value }), ...fee.stated() }),
    );
  }

  #order(action) {
    const fee = this.#fee(action);
    return this.#form('order', [element('p', {}, this.#voice.say('orders.cancel.withVisit')), fee.box], () => this.#whenOrder(fee.stated()));
  }

  #form(what, inside, submitted) {
    const heading = this.#voice.say(`orders.cancel.${what}`);
    const form = element('form', { class: 'inset', 'aria-label': heading }, inside, element('button', { type: 'submit', class: 'danger' }, this.#voice.say('orders.cancel.really')));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      submitted();
    });
    return form;
  }

  /** The fee of a late cancellation, which has to be accepted. */
  #fee({ reason }) {
    if (reason !== 'late_cancellation') {
      return { box: facts([this.#voice.say('orders.cancel.fee'), this.#voice.say('orders.cancel.noFee')]), stated: () => ({}) };
    }
    const input = element('input', { type: 'checkbox', name: 'acceptLateFee' });
    const box = element(
      'div',
      { class: 'note' },
      element('p', {}, this.#voice.say('orders.cancel.late')),
      element('label', { class: 'check' }, input, element('span', {}, this.#voice.say('orders.cancel.accept'))),
    );
    return { box, stated: () => (input.checked ? { acceptLateFee: true } : {}) };
  }
}
