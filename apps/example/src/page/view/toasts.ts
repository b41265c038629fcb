import { element } from '../dom/element.ts';
import { findElement } from '../dom/find-element.ts';

const NOTICE_MS = 6_000;

export interface ToastOptions {
  readonly text: readonly (Node | string)[];
  /** How long it stays. It waits while the pointer is on it. */
  readonly ms: number;
  readonly action?: { readonly label: string; readonly onClick: () => void };
  /**
   * Called once, when its time is over; not where its action was taken or it was closed.
   * Where the toast had the focus, somebody has to take it.
   */
  readonly onExpire?: (end: { readonly hadFocus: boolean }) => void;
}

export interface Toast {
  readonly root: HTMLElement;
  /** Takes it away. Neither its action nor its end happens any more. */
  close(): void;
}

/** Shows a notice that goes by itself. */
export function showToast({ text, ms, action, onExpire }: ToastOptions): Toast {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let left = ms;
  let startedAt = 0;
  const close = () => {
    clearTimeout(timer);
    root.remove();
  };
  const start = () => {
    startedAt = performance.now();
    root.classList.remove('is-waiting');
    timer = setTimeout(() => {
      const hadFocus = root.contains(document.activeElement);
      close();
      onExpire?.({ hadFocus });
    }, left);
  };
  const wait = () => {
    clearTimeout(timer);
    left -= performance.now() - startedAt;
    root.classList.add('is-waiting');
  };
  const root = element('div', {
    class: 'toast',
    children: [
      element('span', { children: text, attributes: { role: 'status' } }),
      action &&
        element('button', {
          class: 'button',
          text: action.label,
          attributes: { type: 'button' },
          on: {
            click: () => {
              close();
              action.onClick();
            },
          },
        }),
    ],
    on: { pointerenter: wait, pointerleave: start },
  });
  root.style.setProperty('--toast-ms', `${ms}ms`);
  findElement('toasts', HTMLElement).append(root);
  start();
  return { root, close };
}

/** Shows a notice that asks for nothing. */
export function notify(...text: readonly (Node | string)[]): void {
  showToast({ text, ms: NOTICE_MS });
}
