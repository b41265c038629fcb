import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** The chosen theme is set before anything is painted: no flash of the other one. */
const blockRendering: Plugin = {
  name: 'block-rendering',
  transformIndexHtml: (html) =>
    html.replace('<script type="module"', '<script type="module" blocking="render"'),
};

/** The page. All that it loads comes from its own server, and nothing is inline. */
export default defineConfig({
  root: fileURLToPath(new URL('src/page', import.meta.url)),
  base: '/',
  publicDir: false,
  plugins: [blockRendering],
  build: {
    outDir: fileURLToPath(new URL('dist/page', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
  },
});
