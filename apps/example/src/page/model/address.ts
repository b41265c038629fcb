/** The part of the address that names a conversation; without one, the page for a new one. */
export function addressOf(id: string | undefined): string {
  return id === undefined ? '#/' : `#/c/${encodeURIComponent(id)}`;
}

/** The conversation that the address names, whether or not there is one. */
export function idInAddress(hash: string): string | undefined {
  const coded = /^#\/c\/(?<id>.+)$/u.exec(hash)?.groups?.['id'];
  if (coded === undefined) return undefined;
  try {
    return decodeURIComponent(coded);
  } catch {
    return coded;
  }
}
