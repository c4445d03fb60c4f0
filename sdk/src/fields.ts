/** The members of an object of unknown origin. */
export type Fields = Record<string, unknown>;

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A copy without a prototype, so that nothing inherited is read, and nothing twice. `null` if it cannot be read. */
export function own(value: unknown): Fields | null {
  try {
    return typeof value === 'object' && value && !Array.isArray(value) ? Object.assign(Object.create(null) as Fields, value) : null;
  } catch {
    return null;
  }
}

/** Without the members that are undefined or null. */
export function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}

/** A whole number that is not negative, unless it is above the limit. */
export function whole(value: unknown, most: number = Infinity): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most ? (value as number) : undefined;
}
