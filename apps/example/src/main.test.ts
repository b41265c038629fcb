import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

// tsx is a dependency of the workspace's root, four folders up.
const fromRoot = createRequire(new URL('../../../package.json', import.meta.url));
const tsx = pathToFileURL(fromRoot.resolve('tsx')).href;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The transcript of the real program, fed through a pipe. */
async function transcribe(script: string) {
  const child = spawn(process.execPath, ['--import', tsx, main], { stdio: 'pipe' });
  const exited = once(child, 'exit');
  child.stdin.end(script);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { output, errors, code };
}

/** What stands between each echoed line and the next, in order. */
function answersIn(output: string): readonly string[] {
  return output
    .split(/^(?:ada|bob)> .*$/mu)
    .slice(1)
    .map((answer) => answer.trim());
}

async function converse(lines: readonly string[]) {
  const { output, errors, code } = await transcribe(`${lines.join('\n')}\n`);
  expect(errors).toBe('');
  expect(code).toBe(0);
  const answers = answersIn(output);
  expect(answers).toHaveLength(lines.length);
  return answers;
}

test('a conversation is resumed with its notes and its history', { timeout: 30_000 }, async () => {
  const answers = await converse([
    'note: buy milk',
    '/new',
    'what are my notes?',
    '/list',
    '/resume 2',
    'what are my notes?',
    'what did I say?',
    '/events',
  ]);
  expect(answers[2]).toContain('There are no notes');
  expect(answers[3]).toMatch(/1 {2}"what are my notes\?".*← here\n.*2 {2}"note: buy milk"/);
  expect(answers[4]).toContain('note: buy milk');
  expect(answers[4]).toContain('Noted: buy milk');
  expect(answers[5]).toContain('1 note in this conversation: 1. buy milk');
  expect(answers[6]).toContain('You said: "note: buy milk", "what are my notes?"');
  expect(answers[7]).toMatch(/^ +1 {2}user {7}"note: buy milk"$/m);
  expect(answers[7]).toMatch(/^ +3 {2}agent .*\[\+notes\]$/m);
});

test('each scope is seen by whom it belongs to', { timeout: 30_000 }, async () => {
  const answers = await converse([
    'my name is Ada and I like tea',
    'announce: tea at four',
    '/new',
    'what do you know about me?',
    'what is the announcement?',
    '/user bob',
    'what do you know about me?',
    'what is the announcement?',
    '/state',
    '/list',
  ]);
  expect(answers[3]).toContain('Your name is Ada. You like tea.');
  expect(answers[4]).toContain('tea at four');
  expect(answers[6]).toContain('I know nothing about you yet.');
  expect(answers[7]).toContain('tea at four');
  expect(answers[8]).toContain('announcement = "tea at four"');
  expect(answers[8]).not.toContain('Ada');
  expect(answers[9]).not.toContain('my name is Ada');
});

test('a deleted conversation is gone, and what is known of the user stays', {
  timeout: 30_000,
}, async () => {
  const answers = await converse([
    'my name is Ada',
    '/new',
    'note: keep me',
    '/delete 2',
    '/resume 2',
    '/list',
    'what do you know about me?',
    '/delete 1',
    '/list',
  ]);
  expect(answers[3]).toBe('Conversation 2 is deleted.');
  expect(answers[4]).toContain('Conversation 2 is gone');
  expect(answers[5]).toContain('note: keep me');
  expect(answers[5]).not.toContain('my name is Ada');
  expect(answers[6]).toContain('Your name is Ada.');
  expect(answers[7]).toContain('You were in it');
  expect(answers[8]).toContain('no conversations');
});

test('a script needs no newline at its end, and /quit leaves what follows', {
  timeout: 30_000,
}, async () => {
  const open = await transcribe('tell me a story');
  expect(open).toMatchObject({ code: 0, errors: '' });
  expect(open.output).toContain('finished the line.\n');
  const left = await transcribe('/quit\nnote: too late\n');
  expect(left).toMatchObject({ code: 0, errors: '' });
  expect(left.output).not.toContain('too late');
});
