import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** Used from each package: paths are relative to the package that is being built. */
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  // What a package exports is built: what its entries share becomes one file.
  entry: Object.values(exports),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // `node:sqlite` has no name without its prefix.
  external: [/^node:/],
  removeNodeProtocol: false,
  clean: true,
  dts: {
    // `AsyncDisposable`, for a reader whose `lib` does not have it.
    banner: '/// <reference lib="esnext.disposable" />',
    // TypeScript 6 calls the `baseUrl` that tsup sets for declarations deprecated.
    compilerOptions: { ignoreDeprecations: '6.0' },
  },
});
