/** A number that stands for a text, the same in every process: 53 bits of its FNV-1a hash. */
export function hashText(text: string): number {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return Number(BigInt.asUintN(53, hash));
}
