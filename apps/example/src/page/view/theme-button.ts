import { findElement } from '../dom/find-element.ts';
import { icon } from '../dom/icon.ts';
import { applyTheme, loadTheme, nextTheme } from '../model/theme.ts';

const shown = {
  system: { icon: 'half', label: 'Theme: as the system' },
  light: { icon: 'sun', label: 'Theme: light' },
  dark: { icon: 'moon', label: 'Theme: dark' },
} as const;

/** Walks through the themes, and shows which one is chosen. */
export function setUpThemeButton(): void {
  const button = findElement('theme-button', HTMLButtonElement);
  let theme = loadTheme();
  const show = () => {
    applyTheme(theme);
    button.replaceChildren(icon(shown[theme].icon));
    button.setAttribute('aria-label', shown[theme].label);
    button.title = shown[theme].label;
  };
  button.addEventListener('click', () => {
    theme = nextTheme(theme);
    show();
  });
  show();
}
