import type { SessionService } from '@holdfast/session';

/** Why cases are skipped that need what a service cannot do. */
export function deniedReasons({ capabilities }: SessionService): readonly string[] {
  return Object.entries(capabilities).flatMap(([name, has]) =>
    has ? [] : [`the service does not have the capability ${name}`],
  );
}
