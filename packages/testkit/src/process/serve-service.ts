import process from 'node:process';
import type { SessionService } from '@holdfast/session';
import { type Answer, packError, type Question } from './process-messages.ts';
import { packAnswer } from './send-answer.ts';

/**
 * Makes this process one that `startServiceProcess` starts: it opens services over the storage that
 * it is told, and makes the calls that it is sent. It ends when the process that started it ends.
 * Call it once, at the end of a module of its own.
 *
 * @example
 * serveService((storage) => MySessionService.open({ url: storage }));
 */
export function serveService(
  open: (storage: string) => SessionService | Promise<SessionService>,
): void {
  if (process.send === undefined) {
    throw new Error('this module is started by startServiceProcess, in a process of its own');
  }
  const services = new Map<number, SessionService>();

  async function answer(question: Question): Promise<Answer> {
    const { id } = question;
    try {
      if (question.type === 'open') {
        services.set(id, await open(question.storage));
        return { id, value: services.get(id)?.capabilities };
      }
      const { method, request } = question;
      const service = services.get(question.service);
      if (service === undefined) throw new Error(`no service ${question.service} was opened`);
      const call = service[method] as (request: unknown) => Promise<unknown>;
      return { id, value: packAnswer(method, await call.call(service, request)) };
    } catch (error) {
      return { id, error: packError(error) };
    }
  }

  process.on('message', (question: Question) => {
    answer(question).then((message) => {
      // Whoever asked may be gone by now.
      if (process.connected) process.send?.(message);
    });
  });
  process.on('disconnect', () => process.exit());
}
