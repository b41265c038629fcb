/** What an element is made with. Text goes in as text: nothing here takes HTML. */
export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  /** `true` sets the bare attribute; `false` and undefined leave it out. */
  readonly attributes?: Readonly<Record<string, string | boolean | undefined>>;
  readonly children?: readonly (Node | string | undefined)[];
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
}

/** Makes an element of the page. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  if (options.text !== undefined) made.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...(options.children ?? []).filter((child) => child !== undefined));
  for (const [type, listener] of Object.entries(options.on ?? {})) {
    made.addEventListener(type, listener);
  }
  return made;
}
