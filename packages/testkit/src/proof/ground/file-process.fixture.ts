import { StoredSessionService } from '@holdfast/session/store';
import { serveService } from '../../process/serve-service.ts';
import { fileStoreOf } from './file-mistakes.ts';
import type { FileStorage } from './file-service.ts';

/** The other process of the kit, for the store in a folder, and those with a mistake. */
serveService((storage) => {
  const { folder, mistake } = JSON.parse(storage) as FileStorage;
  return new StoredSessionService(fileStoreOf(folder, mistake));
});
