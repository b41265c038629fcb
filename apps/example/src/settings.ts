import { checkInteger, invalidArgument } from '@holdfast/core/internal';
import { absoluteStoreUrl, defaultStoreUrl } from './store/store-url.ts';

/** What the environment says. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** How many ports behind it may be tried: none where one was asked for. */
  readonly otherPorts: number;
  /** Where the user is: relative paths begin there. */
  readonly folder: string;
  /** A file in it has an absolute path. */
  readonly storeUrl: string;
  readonly cookieSecret: string | undefined;
  readonly geminiApiKey: string | undefined;
  readonly geminiModel: string | undefined;
  readonly geminiBaseUrl: string | undefined;
  /** Of the offline model, in ms. */
  readonly wordDelay: number;
}

/** Reads the environment; an empty variable counts as unset. `invalid_argument` names the wrong one. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const read = (name: string) => env[name] || undefined;
  const port = read('PORT');
  // npm goes to the folder of the package whose script it runs, and says where it was.
  const folder = read('INIT_CWD') ?? process.cwd();
  return {
    host: read('HOST') ?? '127.0.0.1',
    port: readInteger(port ?? '3000', { path: 'PORT', min: 0, max: 65_535 }),
    otherPorts: port === undefined ? 20 : 0,
    folder,
    storeUrl: absoluteStoreUrl(read('HOLDFAST_STORE') ?? defaultStoreUrl, folder),
    cookieSecret: read('COOKIE_SECRET'),
    geminiApiKey: read('GEMINI_API_KEY'),
    geminiModel: read('GEMINI_MODEL'),
    geminiBaseUrl: readUrl(read('GEMINI_BASE_URL'), 'GEMINI_BASE_URL'),
    wordDelay: readInteger(read('OFFLINE_WORD_DELAY') ?? '40', {
      path: 'OFFLINE_WORD_DELAY',
      min: 0,
      max: 60_000,
    }),
  };
}

function readInteger(text: string, range: Parameters<typeof checkInteger>[1]): number {
  return checkInteger(/^\d{1,16}$/u.test(text) ? Number(text) : text, range);
}

function readUrl(text: string | undefined, path: string): string | undefined {
  if (text === undefined || /^https?:\/\/./iu.test(text)) return text;
  throw invalidArgument(path, 'must begin with http:// or https://');
}
