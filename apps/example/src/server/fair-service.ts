import { type SessionService, wrapSessionService } from '@holdfast/session';

/** How many calls of one user, and of all, are under way in one turn of the event loop. */
const MAX_OF_USER = 2;
const MAX_OF_ALL = 8;

interface Queue {
  running: number;
  readonly waiting: (() => void)[];
}

/**
 * A service whose users take turns: nobody waits for all that somebody else has asked for. A call
 * that is over makes room in the next turn of the event loop, so that a store that answers at
 * once lets others be heard, too.
 */
export function fairService(inner: SessionService): SessionService {
  // Whose turn is next comes first.
  const queues = new Map<string, Queue>();
  let running = 0;

  const begin = (queue: Queue): void => {
    running++;
    queue.running++;
  };

  function next(): void {
    for (const [userId, queue] of queues) {
      if (running === MAX_OF_ALL) return;
      const call = queue.running < MAX_OF_USER ? queue.waiting.shift() : undefined;
      if (call === undefined) continue;
      queues.delete(userId);
      queues.set(userId, queue);
      begin(queue);
      call();
    }
  }

  async function fairly<Request extends object, Result>(
    call: (request: Request) => Promise<Result>,
    request: Request,
  ): Promise<Result> {
    // What is about all users is of one more.
    const userId = 'userId' in request ? String(request.userId) : '';
    const queue = queues.get(userId) ?? { running: 0, waiting: [] };
    queues.set(userId, queue);
    if (running < MAX_OF_ALL && queue.running < MAX_OF_USER) begin(queue);
    else await new Promise<void>((resolve) => queue.waiting.push(resolve));
    try {
      return await call(request);
    } finally {
      setImmediate(() => {
        running--;
        queue.running--;
        if (queue.running === 0 && queue.waiting.length === 0) queues.delete(userId);
        next();
      });
    }
  }

  return wrapSessionService(inner, {
    create: fairly,
    get: fairly,
    getOrCreate: fairly,
    list: fairly,
    delete: fairly,
    appendEvent: fairly,
    appendEvents: fairly,
    listEvents: fairly,
    getState: fairly,
    updateState: fairly,
    acquireTurn: fairly,
    releaseTurn: fairly,
  });
}
