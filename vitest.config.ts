import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = ['core', 'state', 'session', 'in-memory', 'testkit'];
const apps = ['example', 'bench'];
const projects = [
  ...packages.map((name) => ({ name, root: `packages/${name}` })),
  ...apps.map((name) => ({ name, root: `apps/${name}` })),
];

export default defineConfig({
  test: {
    projects: projects.map(({ name, root }) => ({
      test: {
        name: `@holdfast/${name}`,
        // Absolute, so that it holds from whichever folder the runner is started.
        root: fileURLToPath(new URL(root, import.meta.url)),
        include: ['src/**/*.test.ts'],
      },
    })),
    coverage: {
      provider: 'v8',
      include: ['packages/{core,state,session,in-memory}/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/index.ts'],
      reporter: ['text-summary'],
      thresholds: {
        'packages/core/src/**': { branches: 95 },
        'packages/state/src/**': { branches: 95 },
        'packages/session/src/**': { branches: 95 },
        'packages/in-memory/src/**': { branches: 95 },
      },
    },
  },
});
