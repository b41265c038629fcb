import type { Event } from '@holdfast/core';

/** What an event says in words. Thoughts of a model are not said. */
export function messageText({ content }: Event): string {
  return (content?.parts ?? [])
    .filter(({ thought }) => thought !== true)
    .map(({ text = '' }) => text)
    .join('');
}
