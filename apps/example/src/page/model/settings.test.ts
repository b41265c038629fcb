import { expect, it } from 'vitest';
import { fieldProblem, messageConfig } from './settings.ts';

it('says about a field what the config says', () => {
  expect(fieldProblem('temperature', '2')).toBeUndefined();
  expect(fieldProblem('temperature', ' ')).toBeUndefined();
  expect(fieldProblem('temperature', '2.1')).toMatch(/temperature must be a number from 0 to 2/u);
  expect(fieldProblem('topK', 'ten')).toBe('topK must be a number, got "ten"');
  expect(fieldProblem('topK', '1e400')).toMatch(/topK/u);
});

it('sends the fields that are set and right', () => {
  const typed = { temperature: '0', topP: '2', topK: '', maxOutputTokens: ' 10 ' };
  expect(messageConfig({ mode: 'sse', typed })).toEqual({ temperature: 0, maxOutputTokens: 10 });
});
