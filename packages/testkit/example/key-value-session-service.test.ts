import { testSessionService } from '@holdfast/testkit';
import { describe, it } from 'vitest';
import { KeyValueDatabase } from './key-value-database.ts';
import { KeyValueSessionService } from './key-value-session-service.ts';

const database = new KeyValueDatabase();
const open = () => new KeyValueSessionService(database);

testSessionService(
  { describe, it },
  { name: 'KeyValueSessionService', create: open, reopen: open },
);
