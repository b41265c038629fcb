import { vi } from 'vitest';
import type { ImageSize } from './image-size.ts';

interface Image extends ImageSize {
  readonly mimeType: string;
  readonly data: string;
}

const TABLES =
  '2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////' +
  '2wBDAVVaWnhpeOuCguv/////////////////////////////////////////////////////////////////////////';

/** What libpng, libjpeg-turbo, cgif and libwebp have written; the first four without their pixels. */
export const IMAGES = {
  PNG: {
    mimeType: 'image/png',
    width: 1024,
    height: 768,
    data: 'iVBORw0KGgoAAAANSUhEUgAABAAAAAMACAMAAACNZOU/AAAAA1BMVEXIHjzD6Ll6AAAACXBIWXMAAAPoAAAD6AG1e1Jr',
  },
  GIF: {
    mimeType: 'image/gif',
    width: 300,
    height: 200,
    data: 'R0lGODlhLAHIAIAAAExpccgePCH5BAUAAAAALAAAAAAsAcgAAAL/',
  },
  'baseline JPEG': {
    mimeType: 'image/jpeg',
    width: 1024,
    height: 768,
    data: `/9j/${TABLES}wAARCAMABAADASIAAhEBAxEB/8QAFQA=`,
  },
  'progressive JPEG': {
    mimeType: 'image/jpeg',
    width: 64,
    height: 48,
    data: `/9j/${TABLES}wgARCAAwAEADASIAAhEBAxEB/8QAFQABAQAA`,
  },
  'lossy WebP': {
    mimeType: 'image/webp',
    width: 64,
    height: 48,
    data: 'UklGRkgAAABXRUJQVlA4IDwAAACQAwCdASpAADAAP3G41mO0rysmoqgCkC4JZwDPoAd7tTT5bCgAAP7eEceL+23vw81fS17hDP+6xPQj4AA=',
  },
  'lossless WebP': {
    mimeType: 'image/webp',
    width: 1000,
    height: 20,
    data: 'UklGRiQAAABXRUJQVlA4TBcAAAAv58MEAAdQjyKXp/8BAEX6/18i+p8KBwA=',
  },
  'WebP with transparency': {
    mimeType: 'image/webp',
    width: 64,
    height: 900,
    data: 'UklGRugAAABXRUJQVlA4WAoAAAAQAAAAPwAAgwMAQUxQSBIAAAABB1DAiAgAKNL//xTR/9T/HwBWUDggsAAAALAQAJ0B',
  },
} satisfies Record<string, Image>;

/** Base64 of bytes. */
export function base64(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

/** How many characters of strings some work looks at. */
export function charactersRead(work: () => void): number {
  const spy = vi.spyOn(String.prototype, 'charCodeAt');
  try {
    work();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}
