import type { Me } from '../../api/wire.ts';
import { findElement } from '../dom/find-element.ts';

/** Shows which app this is, where its conversations are kept, and who answers. */
export function showFacts({ appName, store, model }: Me): void {
  const kept = store.persistent ? store.description : `${store.description} (not kept)`;
  const facts: Readonly<Record<string, string>> = { app: appName, store: kept, model };
  for (const place of findElement('facts', HTMLDListElement).querySelectorAll('dd')) {
    const text = facts[place.dataset['fact'] ?? ''] ?? '';
    place.textContent = text;
    place.title = text;
  }
  findElement('foot-facts', HTMLSpanElement).textContent =
    `App ${appName} · store ${kept} · model ${model}`;
}
