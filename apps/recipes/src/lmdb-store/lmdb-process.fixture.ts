import { serveService } from '@holdfast/testkit/process';
import { LmdbSessionService } from './lmdb-session-service.ts';

serveService((path) => LmdbSessionService.open({ path }));
