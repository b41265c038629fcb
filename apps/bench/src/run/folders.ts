import { fileURLToPath } from 'node:url';

// Bundled, this stands in `dist`.
const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The folder of this application. */
export const APP_FOLDER = from('..');
/** Where other libraries are installed, apart from the workspace. */
export const PEERS_FOLDER = from('../peers');
/** The root of the workspace. */
export const ROOT_FOLDER = from('../../..');
/** Where the report is kept. */
export const REPORT_FOLDER = from('../../../docs/benchmarks');
