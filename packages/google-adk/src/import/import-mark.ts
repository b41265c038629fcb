import type { SessionService } from '@holdfast/session';

/** Whose user state holds the mark. No session has this user, so nobody sees it. */
const MARK_USER = 'holdfast-adk-import';
const MARK_KEY = 'import';

/** What the app remembers of its import. */
export interface ImportMark {
  /** The app's name in the ADK database. */
  readonly from: string;
  readonly isDone: boolean;
  /** Of the import that is done. */
  readonly sessions: number;
  readonly events: number;
  readonly users: number;
  readonly corrected: number;
}

/** The mark of an app, undefined where nothing was imported into it. */
export async function readMark(
  service: SessionService,
  appName: string,
): Promise<ImportMark | undefined> {
  const state = await service.getState({ scope: 'user', appName, userId: MARK_USER });
  return state[MARK_KEY] as unknown as ImportMark | undefined;
}

export async function writeMark(
  service: SessionService,
  { appName, mark }: { readonly appName: string; readonly mark: ImportMark },
): Promise<void> {
  const set = { [MARK_KEY]: mark };
  await service.updateState({ scope: 'user', appName, userId: MARK_USER, set });
}
