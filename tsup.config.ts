import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

/** Used from each package: paths are relative to the package that is being built. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  // What a package exports is built: what its entries share becomes one file.
  entry: Object.values(exports),
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // `node:sqlite` has no name without its prefix.
  external: [/^node:/],
  removeNodeProtocol: false,
  clean: true,
  // CommonJS is made of modules, as esbuild can make shared files of nothing else.
  esbuildOptions(options, { format }) {
    if (format === 'cjs') Object.assign(options, { format: 'esm', splitting: true });
  },
  plugins: [commonJs()],
  dts: {
    // `AsyncDisposable`, for a reader whose `lib` does not have it.
    banner: '/// <reference lib="esnext.disposable" />',
    // TypeScript 6 calls the `baseUrl` that tsup sets for declarations deprecated. What is marked
    // `@internal` is left out.
    compilerOptions: { ignoreDeprecations: '6.0', stripInternal: true },
  },
});

function commonJs(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'commonjs',
    async renderChunk(code, { path }) {
      if (this.format !== 'cjs') return undefined;
      const transformed = await transform(code, {
        format: 'cjs',
        platform: 'node',
        target: 'es2022',
        // Jest runs no import that is left, unless Node has a flag for it.
        supported: { 'dynamic-import': false },
        sourcefile: path,
      });
      // In place, and not in a function: bundlers take a driver for optional if it is in a `try`.
      const required =
        /await Promise\.resolve\(\)\.then\(\(\) => (__toESM\(require\([^()]+\)\))\)/g;
      return { code: transformed.code.replaceAll(required, '$1') };
    },
  };
}
