import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chat } from './chat.ts';
import { EventPrinter, printable } from './event-printer.ts';
import { LineQueue } from './line-queue.ts';
import { MutedOutput } from './muted-output.ts';
import { createPaint } from './paint.ts';

export interface TerminalOptions {
  readonly chat: Chat;
  readonly greeting: string;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** Between two pieces of an answer, so that a person sees it come. */
const PIECE_DELAY_MS = 30;

/**
 * Runs a chat until the user leaves, or the input ends and its last line is answered.
 * Lines that come during an answer wait for its end, and are shown with what they bring.
 * From a terminal there is a prompt, and Ctrl+C interrupts the answer, or leaves; from a
 * pipe, what was read is written, too.
 */
export async function runTerminal({ chat, greeting, input, output }: TerminalOptions) {
  const interactive = input.isTTY === true && output.isTTY === true;
  const paint = createPaint({ colors: output.isTTY === true && !process.env['NO_COLOR'] });
  const write = (text: string) => void output.write(text);
  const printer = new EventPrinter({
    write,
    paint,
    width: () => (output.isTTY === true ? output.columns : Number.POSITIVE_INFINITY),
  });
  const lines = new LineQueue();
  // What the user types during an answer must not stand in the midst of it.
  const echo = new MutedOutput(output);
  const reader = createInterface({
    input,
    ...(interactive ? { output: echo, terminal: true } : { terminal: false }),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let answering: AbortController | undefined;
  reader.on('line', (line) => lines.push(line));
  reader.on('close', () => lines.close());
  let leaving = false;
  reader.on('line', () => {
    leaving = false;
  });
  reader.on('SIGINT', () => {
    if (answering !== undefined) {
      answering.abort();
      return;
    }
    if (leaving && reader.line === '') {
      reader.close();
      return;
    }
    // Nothing is lost by one key: what was typed is cleared, and a second one leaves.
    leaving = true;
    reader.write(null, { ctrl: true, name: 'e' });
    reader.write(null, { ctrl: true, name: 'u' });
    write(`\n${paint.dim('Press Ctrl+C again to leave.')}\n`);
    reader.prompt();
  });

  write(`${greeting}\n\n`);
  for (;;) {
    const prompt = paint.user(`${chat.userId}> `);
    const prompting = interactive && lines.isEmpty;
    if (prompting) {
      reader.setPrompt(prompt);
      reader.prompt(true);
    }
    const line = await lines.next();
    if (line === undefined) break;
    if (!prompting) write(`${prompt}${printable(line)}\n`);
    answering = new AbortController();
    echo.muted = true;
    const quit = await answer({ line, signal: answering.signal });
    echo.muted = false;
    answering = undefined;
    if (quit) break;
  }
  if (interactive) write(`\n${paint.dim('Goodbye.')}\n`);
  reader.close();

  /** Shows all that a line brings; true where it ends the chat. */
  async function answer(request: { readonly line: string; readonly signal: AbortSignal }) {
    for await (const shown of chat.send(request)) {
      switch (shown.kind) {
        case 'quit':
          return true;
        case 'text':
          write(`${printable(shown.text)}\n`);
          break;
        case 'event':
          printer.print(shown.event);
          if (interactive && shown.event.partial === true) await sleep(PIECE_DELAY_MS);
          break;
      }
    }
    return false;
  }
}
