import { SqliteSessionService } from '@holdfast/sqlite';
import { openSource } from './adk-tables.fixture.ts';
import { importAdkDatabase } from './import-adk-database.ts';

/** What a process is asked to do: an import from one file into another. */
export interface ImportProcessOptions {
  readonly source: string;
  readonly url: string;
}

const options: ImportProcessOptions = JSON.parse(process.argv[2] ?? '{}');
const store = await SqliteSessionService.open({ url: options.url, driver: 'libsql' });
// Tells of each append when it is stored, and waits until it is told to go on.
const service = new Proxy(store, {
  get(target, name) {
    const value = Reflect.get(target, name, target);
    if (typeof value !== 'function') return value;
    return async (...args: unknown[]) => {
      const answer = await value.apply(target, args);
      if (name === 'appendEvents') {
        const next = new Promise((resolve) => process.once('message', resolve));
        process.send?.('stored');
        await next;
      }
      return answer;
    };
  },
});
const report = await importAdkDatabase({
  database: openSource(options.source),
  service,
  appName: 'app',
  pageSize: 3,
  onRefused: 'skip',
});
process.send?.(report);
process.disconnect();
