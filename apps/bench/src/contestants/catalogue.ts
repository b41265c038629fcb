import type { Contestant } from './contestant.ts';
import { memory } from './holdfast/memory.ts';
import { mysql } from './holdfast/mysql.ts';
import { postgres } from './holdfast/postgres.ts';
import { redis } from './holdfast/redis.ts';
import { sqlite, sqliteFull } from './holdfast/sqlite.ts';
import { bareMysql } from './limits/bare-mysql.ts';
import { barePostgres } from './limits/bare-postgres.ts';
import { bareRedis } from './limits/bare-redis.ts';
import { bareSqlite, bareSqliteFull } from './limits/bare-sqlite.ts';
import { map } from './limits/map.ts';
import { emmettPostgres, emmettSqlite } from './peers/emmett.ts';
import { googleAdkMemory, googleAdkPostgres, googleAdkSqlite } from './peers/google-adk.ts';
import { iqaiAdkMemory, iqaiAdkPostgres, iqaiAdkSqlite } from './peers/iqai-adk.ts';
import { langgraphPostgres, langgraphSqlite } from './peers/langgraph.ts';
import { mastraLibsql } from './peers/mastra.ts';
import { openaiAgentsMemory } from './peers/openai-agents.ts';

/** Everyone who is measured, in the order in which tables show them. */
export const CONTESTANTS: readonly Contestant[] = [
  map,
  memory,
  googleAdkMemory,
  iqaiAdkMemory,
  openaiAgentsMemory,
  bareSqlite,
  sqlite,
  googleAdkSqlite,
  iqaiAdkSqlite,
  langgraphSqlite,
  mastraLibsql,
  emmettSqlite,
  bareSqliteFull,
  sqliteFull,
  barePostgres,
  postgres,
  googleAdkPostgres,
  iqaiAdkPostgres,
  langgraphPostgres,
  emmettPostgres,
  bareMysql,
  mysql,
  bareRedis,
  redis,
];
