/** What a message asks for. */
export type Intent =
  | { readonly kind: 'remember'; readonly key: string; readonly value: string }
  | { readonly kind: 'like'; readonly thing: string }
  | { readonly kind: 'forget'; readonly key: string | undefined }
  | { readonly kind: 'addToList'; readonly items: readonly string[] }
  | { readonly kind: 'removeFromList'; readonly items: readonly string[] }
  | { readonly kind: 'clearList' }
  | { readonly kind: 'announce'; readonly text: string }
  | { readonly kind: 'askAboutMe' }
  | { readonly kind: 'askList' }
  | { readonly kind: 'askAnnouncement' }
  | { readonly kind: 'askHistory' }
  | { readonly kind: 'greet' }
  | { readonly kind: 'story' }
  | { readonly kind: 'unclear' };

interface Rule {
  readonly pattern: RegExp;
  readonly intent: (groups: Readonly<Record<string, string>>) => Intent;
}

const LIST = '(?:my |the |our )?(?:shopping ?)?list';

// What is one wish, whatever stands in it: an "and" in a list of things begins no other wish.
const wholeRules: readonly Rule[] = [
  {
    pattern: /^announce\s*:\s*(?<text>.+)$/isu,
    intent: ({ text = '' }) => ({ kind: 'announce', text }),
  },
  {
    pattern: new RegExp(`^(?:please )?(?:add|put) (?<items>.+?) (?:to|on|onto) ${LIST}$`, 'isu'),
    intent: ({ items = '' }) => ({ kind: 'addToList', items: listedIn(items) }),
  },
  {
    pattern: /^(?:i|we) need (?!to\b)(?<items>[^?]+)$/iu,
    intent: ({ items = '' }) => ({ kind: 'addToList', items: listedIn(items) }),
  },
  {
    pattern: new RegExp(
      `^(?:please )?(?:remove|delete|take|cross) (?<items>.+?) (?:from|off) ${LIST}$`,
      'isu',
    ),
    intent: ({ items = '' }) => ({ kind: 'removeFromList', items: listedIn(items) }),
  },
];

// The first rule that matches wins: questions stand before what they could be taken for.
const rules: readonly Rule[] = [
  {
    pattern: /^(?:what|who)\b.*\b(?:about me|my name|am i|do i like)\b/iu,
    intent: () => ({ kind: 'askAboutMe' }),
  },
  {
    pattern: /^(?:what|show|read)\b.*\b(?:shopping|list|buy)\b/iu,
    intent: () => ({ kind: 'askList' }),
  },
  { pattern: /^(?:what|is there)\b.*\bannounce/iu, intent: () => ({ kind: 'askAnnouncement' }) },
  { pattern: /^what\b.*\b(?:i|we) (?:say|said|talk)/iu, intent: () => ({ kind: 'askHistory' }) },
  {
    pattern: new RegExp(`^(?:forget|clear|empty|delete) ${LIST}$`, 'iu'),
    intent: () => ({ kind: 'clearList' }),
  },
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

/** How much of a message is read, in characters: some rules take the square of it. */
const READ = 2_000;

/**
 * What a message asks for, in order. "My name is Ada and I like tea" asks for two things.
 * Never empty: what is not understood is `unclear`.
 */
export function readIntents(text: string): readonly Intent[] {
  const message = text.trim().slice(0, READ);
  const whole = matchRule(message, wholeRules);
  if (whole !== undefined) return [whole];
  const understood = message
    .split(/[.!?]\s+|,?\s+and\s+(?=(?:i|my)\s)/iu)
    .map((sentence) => matchRule(sentence, [...wholeRules, ...rules]) ?? unclear)
    .filter(({ kind }) => kind !== 'unclear');
  return understood.length === 0 ? [unclear] : understood;
}

const unclear: Intent = { kind: 'unclear' };

function matchRule(sentence: string, among: readonly Rule[]): Intent | undefined {
  const text = sentence.trim().replace(/[.!?]+$/u, '');
  for (const { pattern, intent } of among) {
    const match = pattern.exec(text);
    if (match !== null) return intent({ ...match.groups });
  }
  return undefined;
}

/** The things in "milk, bread and some eggs". */
function listedIn(items: string): readonly string[] {
  return items
    .split(/,|;|\s+and\s+|\s+&\s+/iu)
    .map((item) => item.replace(/^\s*(?:and |some |a |an )?/iu, '').trim())
    .filter((item) => item !== '');
}
