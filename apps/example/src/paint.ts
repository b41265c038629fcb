/** How the parts of a transcript look. */
export interface Paint {
  readonly user: (text: string) => string;
  readonly agent: (text: string) => string;
  readonly dim: (text: string) => string;
}

const plain = (text: string): string => text;
const styled = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;

/** Colours where they are wanted; otherwise text as it is. */
export function createPaint({ colors }: { readonly colors: boolean }): Paint {
  if (!colors) return { user: plain, agent: plain, dim: plain };
  return { user: styled(36), agent: styled(32), dim: styled(2) };
}
