import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const packages = [
  'core',
  'state',
  'session',
  'history',
  'in-memory',
  'testkit',
  'sql',
  'sqlite',
  'postgres',
  'mysql',
  'redis',
  'google-adk',
];
const apps = ['example', 'bench', 'recipes'];
const projects = [
  ...packages.map((name) => ({ name, root: `packages/${name}` })),
  ...apps.map((name) => ({ name, root: `apps/${name}` })),
];

// What takes a minute or more. Those that compute stand beside those that wait.
const LONG = [
  'apps/bench/src/short-form.test.ts',
  'packages/mysql/src/conformance.test.ts',
  'packages/mysql/src/single-statements.test.ts',
  'packages/testkit/src/proof/planted-mistakes.test.ts',
  'apps/example/src/two-copies.test.ts',
  'packages/testkit/src/proof/ground/file-store.test.ts',
  'packages/postgres/src/server-settings.test.ts',
  'packages/postgres/src/life-writes.test.ts',
  'packages/mysql/src/driver-options.test.ts',
];

/** Begins with the long files, so that none of them is alone at the end, with a core idle. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((file) => moduleId.endsWith(file));
      return place < 0 ? LONG.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    // Much of the time is spent waiting for servers, processes and a browser.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: projects.map(({ name, root }) => ({
      test: {
        name: `@holdfast/${name}`,
        // Absolute, so that it holds from whichever folder the runner is started.
        root: fileURLToPath(new URL(root, import.meta.url)),
        include: ['{src,browser,example}/**/*.test.ts'],
        // The same random input each time; `npm run night` tries others.
        env: { HOLDFAST_SEED: process.env['HOLDFAST_SEED'] ?? '1' },
        // What ends a test that hangs. No test measures time by it.
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    })),
    coverage: {
      provider: 'v8',
      include: [
        'packages/{core,state,session,history,in-memory,sql,sqlite,postgres,mysql,redis,google-adk}/src/**/*.ts',
      ],
      exclude: ['**/*.test.ts', '**/*.fixture.ts', '**/index.ts'],
      reporter: ['text-summary'],
      thresholds: {
        'packages/core/src/**': { branches: 95 },
        'packages/state/src/**': { branches: 95 },
        'packages/session/src/**': { branches: 95 },
        'packages/history/src/**': { branches: 95 },
        'packages/in-memory/src/**': { branches: 95 },
        'packages/sql/src/**': { branches: 90 },
        // Of the rest, some branches are of drivers that need a newer Node.
        'packages/{sqlite,postgres,mysql,redis,google-adk}/src/**': { branches: 85 },
      },
    },
  },
});
