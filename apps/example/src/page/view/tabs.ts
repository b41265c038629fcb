/** Makes a `tablist` work: arrows, Home and End move, and one tab at a time can be tabbed to. */
export class Tabs {
  readonly #tabs: readonly HTMLElement[];

  constructor(list: HTMLElement) {
    this.#tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.select(tab.id));
      tab.addEventListener('keydown', (event) => this.#move(event, tab));
    }
  }

  select(id: string): void {
    for (const tab of this.#tabs) {
      const isSelected = tab.id === id;
      tab.setAttribute('aria-selected', String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
      if (panel === null) continue;
      panel.hidden = !isSelected;
      // It scrolls, and may hold nothing else that can have the focus.
      panel.tabIndex = 0;
    }
  }

  #move(event: KeyboardEvent, tab: HTMLElement): void {
    const last = this.#tabs.length - 1;
    const at = this.#tabs.indexOf(tab);
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const target = to === undefined ? undefined : this.#tabs[to];
    if (target === undefined) return;
    event.preventDefault();
    this.select(target.id);
    target.focus();
  }
}
