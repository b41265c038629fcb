import type { SessionCapabilities } from '@holdfast/session';
import type { Concern } from './conformance-case.ts';

/** How one case went. */
export interface CaseResult {
  readonly concern: Concern;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** What was thrown; present if the case failed. */
  readonly error?: unknown;
  /** Which capability is denied; present if the case was skipped. */
  readonly reason?: string;
  readonly durationMs: number;
}

/** How all cases went. */
export interface ConformanceReport {
  readonly name: string;
  /** As the service declares them; undefined if none could be opened. */
  readonly capabilities: SessionCapabilities | undefined;
  /** In the order in which they ran. */
  readonly results: readonly CaseResult[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whether nothing failed. */
  readonly ok: boolean;
}

/** The report as text: one line of numbers, then each failure and each skip. */
export function formatReport(report: ConformanceReport): string {
  const { name, ok, passed, failed, skipped, results } = report;
  const head = `${name}: ${ok ? 'ok' : 'NOT OK'}, ${passed} passed, ${failed} failed, ${skipped} skipped`;
  return [head, ...results.flatMap(formatResult)].join('\n');
}

function formatResult({ concern, title, status, error, reason }: CaseResult): string[] {
  switch (status) {
    case 'passed':
      return [];
    case 'skipped':
      return [`  skipped  ${concern}: ${title} (${reason})`];
    case 'failed':
      return [`  FAILED   ${concern}: ${title}`, indent(describeError(error))];
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '      ');
}
