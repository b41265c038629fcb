import { defineConfig } from 'tsup';

/** Used from each package: paths are relative to the package that is being built. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  clean: true,
  // TypeScript 6 calls the `baseUrl` that tsup sets for declarations deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
});
