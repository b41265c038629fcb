/** The servers that contestants use, by URL. */
export interface Servers {
  readonly postgres: string;
  readonly mysql: string;
  readonly redis: string;
}

/** Where servers are looked for; the environment names others. */
export function serversFromEnvironment(env: NodeJS.ProcessEnv): Servers {
  return {
    postgres: env['HOLDFAST_BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test',
    mysql: env['HOLDFAST_BENCH_MYSQL'] ?? 'mysql://root@127.0.0.1:3306/test',
    redis: env['HOLDFAST_BENCH_REDIS'] ?? 'redis://127.0.0.1:6379',
  };
}
