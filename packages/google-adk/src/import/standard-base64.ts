const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Bytes as the types of `@google/genai` have them: base64 with `+`, `/` and padding, which
 * JavaScript's `atob` takes. Python writes `-` and `_`; Kotlin writes a list of numbers from -128
 * to 127. Whatever is neither stays as it is.
 */
export function standardBase64(value: unknown): unknown {
  if (Array.isArray(value)) return isBytes(value) ? encode(value) : value;
  if (typeof value !== 'string' || !base64.test(value)) return value;
  const bare = value.replace(/=+$/, '');
  if (bare.length % 4 === 1) return value;
  const text = bare.replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function isBytes(list: readonly unknown[]): list is readonly number[] {
  return list.every((item) => Number.isInteger(item) && Math.abs(item as number) <= 255);
}

function encode(bytes: readonly number[]): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte & 255);
  return btoa(binary);
}
