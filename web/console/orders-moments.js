// Times, as the patient's clock shows them, and the demo's own clock.

/** The demo's clock: this machine's, and how far it was moved from there. */
export class DemoClock {
  #ahead = 0;

  /** Takes over what the demo said. */
  take({ aheadSecs }) {
    this.#ahead = aheadSecs * 1000;
  }

  now() {
    return Date.now() + this.#ahead;
  }
}

/** The name of a zone as people know it, with the one that programs know. */
export function zoneName(zone, at, voice) {
  if (zone === null) {
    return voice.say('orders.slots.unknownZone');
  }
  const parts = voice.dateTime({ timeZone: zone, timeZoneName: 'long' }).formatToParts(new Date(at));
  return `${parts.find(({ type }) => type === 'timeZoneName').value} (${zone})`;
}

/** A day and time in a zone; without one, in UTC. */
export function moment(at, zone, voice) {
  const options = { dateStyle: 'full', timeStyle: 'short', timeZone: zone ?? 'UTC' };
  return `${voice.dateTime(options).format(new Date(at))}${zone === null ? ' UTC' : ''}`;
}

/** The time of a day alone, with its offset: on the day the clocks change, one hour is there twice. */
export function timeOfDay({ startsAt, localStart, timeZone }, voice) {
  const time = voice.dateTime({ timeStyle: 'short', timeZone: timeZone ?? 'UTC' }).format(new Date(startsAt));
  const offset = localStart === null ? 'UTC' : (/[+-]\d\d:\d\d(?=\[|$)/.exec(localStart)?.[0] ?? '');
  return [time, offset];
}

/** A day of a calendar, without a zone. */
export function day(date, voice) {
  return voice.dateTime({ dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

/** What is left of some time, as minutes and seconds. */
export function left(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
