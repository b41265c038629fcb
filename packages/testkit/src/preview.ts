const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})/g;

/** A value in at most `length` characters, UUIDs by their last four; it need not be JSON. */
export function preview(value: unknown, length: number): string {
  const text = asJson(value, length * 8).replaceAll(UUID, '…$1');
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** What JSON says of a value, as far as about `enough` characters need it. */
function asJson(value: unknown, enough: number): string {
  if (value === undefined) return 'undefined';
  let seen = 0;
  try {
    return (
      JSON.stringify(value, (key, item: unknown) => {
        seen += key.length + (typeof item === 'string' ? item.length : 4);
        if (seen > enough) return undefined;
        if (typeof item === 'string' && item.length > enough) return `${item.slice(0, enough)}…`;
        return typeof item === 'bigint' || typeof item === 'function' ? String(item) : item;
      }) ?? String(value)
    );
  } catch {
    return 'what cannot be shown';
  }
}
