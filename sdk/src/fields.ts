/** The members of an object of unknown origin. */
export type Fields = Record<string, unknown>;

/** A copy without a prototype, so that nothing inherited is read, and nothing twice. */
export function own(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null) as Fields, value)
    : null;
}

/** Without the members that are undefined or null. */
export function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}

/** A whole number that is not negative, unless it is above the limit. */
export function whole(value: unknown, most: number = Number.MAX_SAFE_INTEGER): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most ? (value as number) : undefined;
}
