import { randomBytes } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';

export interface CookieSecretOptions {
  /** A secret that was given; undefined or empty where none was. */
  readonly given?: string | undefined;
  /** The file that keeps one; undefined where nothing is kept. */
  readonly file?: string | undefined;
}

/**
 * The secret that cookies are signed with: the given one; or that of the file, which is made
 * where it is missing, so that a user stays the same after a restart; or one for this process.
 */
export async function findCookieSecret({ given, file }: CookieSecretOptions): Promise<string> {
  if (given) return given;
  if (file === undefined) return newSecret();
  const found = await readSecret(file);
  if (found !== undefined) return found;
  await createFile(file, newSecret());
  const kept = await readSecret(file);
  if (kept === undefined) throw new Error(`${file} holds no secret: delete it`);
  return kept;
}

async function readSecret(file: string): Promise<string | undefined> {
  try {
    const secret = (await readFile(file, 'utf8')).trim();
    return secret === '' ? undefined : secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file appears whole or not at all, and of several processes one makes it. */
async function createFile(file: string, secret: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
