import { keep, readKept } from './kept.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'holdfast-theme';
const themes: readonly Theme[] = ['system', 'light', 'dark'];

export function loadTheme(): Theme {
  const { theme } = readKept(KEY);
  return themes.find((known) => known === theme) ?? 'system';
}

export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
}

/** Shows a theme, and keeps it. The style sheet follows `data-theme`, or else the system. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  keep(KEY, { theme });
}
