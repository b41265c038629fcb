/** What a message asks for. */
export type Intent =
  | { readonly kind: 'remember'; readonly key: string; readonly value: string }
  | { readonly kind: 'like'; readonly thing: string }
  | { readonly kind: 'forget'; readonly key: string | undefined }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'clearNotes' }
  | { readonly kind: 'announce'; readonly text: string }
  | { readonly kind: 'askAboutMe' }
  | { readonly kind: 'askNotes' }
  | { readonly kind: 'askAnnouncement' }
  | { readonly kind: 'askHistory' }
  | { readonly kind: 'greet' }
  | { readonly kind: 'story' }
  | { readonly kind: 'unclear' };

interface Rule {
  readonly pattern: RegExp;
  readonly intent: (groups: Readonly<Record<string, string>>) => Intent;
}

// The first rule that matches wins: questions stand before what they could be taken for.
const rules: readonly Rule[] = [
  { pattern: /^note\s*:\s*(?<text>.+)$/isu, intent: ({ text = '' }) => ({ kind: 'note', text }) },
  {
    pattern: /^announce\s*:\s*(?<text>.+)$/isu,
    intent: ({ text = '' }) => ({ kind: 'announce', text }),
  },
  {
    pattern: /^(?:what|who)\b.*\b(?:about me|my name|am i|do i like)\b/iu,
    intent: () => ({ kind: 'askAboutMe' }),
  },
  { pattern: /^(?:what|show|list|read)\b.*\bnotes?\b/iu, intent: () => ({ kind: 'askNotes' }) },
  { pattern: /^(?:what|is there)\b.*\bannounce/iu, intent: () => ({ kind: 'askAnnouncement' }) },
  { pattern: /^what\b.*\b(?:i|we) (?:say|said|talk)/iu, intent: () => ({ kind: 'askHistory' }) },
  { pattern: /^(?:forget|clear) (?:my |the )?notes$/iu, intent: () => ({ kind: 'clearNotes' }) },
  {
    pattern: /^forget (?:me|everything.*)$/iu,
    intent: () => ({ kind: 'forget', key: undefined }),
  },
  {
    pattern: /^forget (?:what i like|my likes)$/iu,
    intent: () => ({ kind: 'forget', key: 'likes' }),
  },
  {
    pattern: /^forget my (?<key>.+)$/iu,
    intent: ({ key = '' }) => ({ kind: 'forget', key: key.toLowerCase() }),
  },
  {
    pattern: /^call me (?<value>.+)$/iu,
    intent: ({ value = '' }) => ({ kind: 'remember', key: 'name', value }),
  },
  {
    pattern: /^my (?<key>[^:?]+?) (?:is|are) (?<value>[^?]+)$/iu,
    intent: ({ key = '', value = '' }) => ({ kind: 'remember', key: key.toLowerCase(), value }),
  },
  {
    pattern: /^i (?:also )?(?:like|love) (?<thing>[^?]+)$/iu,
    intent: ({ thing = '' }) => ({ kind: 'like', thing }),
  },
  { pattern: /\bstory\b/iu, intent: () => ({ kind: 'story' }) },
  { pattern: /^(?:hi|hello|hey|good \w+)\b/iu, intent: () => ({ kind: 'greet' }) },
];

/**
 * What a message asks for, in order. "My name is Ada and I like tea" asks for two things.
 * Never empty: what is not understood is `unclear`.
 */
export function readIntents(message: string): readonly Intent[] {
  // A note and an announcement are one text, whatever stands in it.
  if (/^\s*(?:note|announce)\s*:/iu.test(message)) return [readIntent(message)];
  const understood = message
    .split(/[.!?]\s+|,?\s+and\s+(?=(?:i|my)\s)/iu)
    .map(readIntent)
    .filter(({ kind }) => kind !== 'unclear');
  return understood.length === 0 ? [{ kind: 'unclear' }] : understood;
}

function readIntent(sentence: string): Intent {
  const text = sentence.trim().replace(/[.!?]+$/u, '');
  for (const { pattern, intent } of rules) {
    const match = pattern.exec(text);
    if (match !== null) return intent({ ...match.groups });
  }
  return { kind: 'unclear' };
}
