import { findElement } from '../dom/find-element.ts';

/** Says something to those who hear the page, when they have heard what they are hearing. */
export function announce(text: string): void {
  const place = findElement('announcer', HTMLDivElement);
  // The same words again are said again only if they are new to the page.
  place.textContent = '';
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}
