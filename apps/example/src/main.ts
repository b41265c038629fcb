import { InMemorySessionService } from '@holdfast/in-memory';
import { Chat } from './chat.ts';
import { createExampleAgent } from './example-agent.ts';
import { createSteadyClock } from './steady-clock.ts';
import { runTerminal } from './terminal.ts';

const greeting = `Holdfast: a chat with an agent that remembers.

  Say   my name is Ada and I like tea   it knows you in every conversation
        note: buy milk                  it keeps notes for this conversation
        announce: tea at four           it tells everybody who uses this app
  Ask   what do you know about me?      what are my notes?
        what is the announcement?       or for a story
  Try   /new and ask again, /list and /resume 2, /user bob and ask again, /state

  It remembers as long as this program runs.
  /help shows all commands, /quit leaves.`;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read along has gone: there is nobody to tell.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

await using service = new InMemorySessionService({ now: createSteadyClock() });
const chat = new Chat({
  service,
  agent: createExampleAgent(service),
  appName: 'holdfast-example',
  userId: 'ada',
});
await runTerminal({ chat, greeting, input: process.stdin, output: process.stdout });
