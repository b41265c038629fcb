import type { Content, Event, Part } from '@holdfast/session';

// What each provider refuses, by its documents and its errors. Each checker gives the problems that
// it finds, so that `toEqual([])` shows them.

/** What events say, in the roles that a provider knows. */
export function contentsOf(events: readonly Event[]): readonly Content[] {
  return events.flatMap(({ author, content }) => {
    const parts = (content?.parts ?? []).filter((part) => Object.keys(part).length > 0);
    if (parts.length === 0) return [];
    const isUser = content?.role === undefined ? author === 'user' : content.role === 'user';
    const answers = parts.some(({ functionResponse }) => functionResponse);
    const calls = parts.some(({ functionCall }) => functionCall);
    return [{ role: !calls && (answers || isUser) ? 'user' : 'model', parts }];
  });
}

const callsOf = ({ parts = [] }: Content) => parts.flatMap((part) => part.functionCall ?? []);
const responsesOf = ({ parts = [] }: Content) =>
  parts.flatMap((part) => part.functionResponse ?? []);

/**
 * Gemini: the turn behind a function call turn has a response for each call, and nothing else. No
 * response stands anywhere else. Both are told by name, and by id if there is one.
 */
export function geminiProblems(contents: readonly Content[]): readonly string[] {
  return contents.flatMap((content, i) => {
    const problems: string[] = [];
    const [calls, responses] = [callsOf(content), responsesOf(content)];
    const next = contents[i + 1];
    const before = contents[i - 1];
    if (calls.length > 0) {
      const answers = next === undefined ? [] : responsesOf(next);
      const wanted = calls.map(({ id, name }) => `${id}/${name}`).join();
      const found = answers.map(({ id, name }) => `${id}/${name}`).join();
      if (wanted !== found) problems.push(`${i}: calls of ${wanted} are followed by ${found}`);
      if (content.role !== 'model') problems.push(`${i}: a call of the role ${content.role}`);
      if (responses.length > 0) problems.push(`${i}: calls and responses in one content`);
    }
    if (responses.length > 0) {
      if (before === undefined || callsOf(before).length === 0)
        problems.push(`${i}: no call before`);
      if (content.role !== 'user') problems.push(`${i}: a response of the role ${content.role}`);
      if (responses.length < (content.parts?.length ?? 0))
        problems.push(`${i}: more than responses`);
    }
    return problems;
  });
}

/** Gemini: a whole request, too. */
export function geminiRequestProblems(contents: readonly Content[]): readonly string[] {
  return [
    ...geminiProblems(contents),
    ...contents.flatMap((content, i) => {
      const { role, parts = [] } = content;
      const problems: string[] = [];
      if (role !== 'user' && role !== 'model') problems.push(`${i}: the role ${role}`);
      if (i === 0 && role !== 'user') problems.push('begins with the model');
      if (callsOf(content).length > 0 && contents[i - 1]?.role !== 'user') {
        problems.push(`${i}: a function call turn that is not behind a user turn`);
      }
      if (parts.length === 0) problems.push(`${i}: no parts`);
      if (parts.some(isEmpty)) problems.push(`${i}: an empty part`);
      return problems;
    }),
  ];
}

function isEmpty(part: Part | null): boolean {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return true;
  const fields = Object.keys(part);
  return fields.length === 0 || (fields.length === 1 && part.text === '');
}

interface ToolCall {
  readonly id: string;
  readonly name: string | undefined;
}

/** A content with an id for each call: providers other than Gemini ask for one. */
function withIds(contents: readonly Content[]) {
  let made = 0;
  let open: ToolCall[] = [];
  return contents.map((content) => {
    const { role, parts = [] } = content;
    const results = responsesOf(content).map(({ id, name }) => {
      if (id !== undefined) return id;
      const place = open.findIndex((call) => call.name === name && call.id.startsWith('made-'));
      return place < 0 ? `nothing called ${name}` : (open.splice(place, 1)[0] as ToolCall).id;
    });
    const calls = callsOf(content).map(({ id, name }): ToolCall => {
      made += 1;
      return { id: id ?? `made-${made}`, name };
    });
    open = [...calls];
    const says = parts.some((part) => !part.functionCall && !part.functionResponse);
    return { role, calls, results, says };
  });
}

type OpenAIMessage =
  | { readonly role: 'assistant'; readonly tool_calls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string }
  | { readonly role: 'user' };

function openAIMessages(contents: readonly Content[]): readonly OpenAIMessage[] {
  return withIds(contents).flatMap(({ role, calls, results, says }): OpenAIMessage[] => [
    ...results.map((id) => ({ role: 'tool', tool_call_id: id }) as const),
    ...(role === 'model' ? [{ role: 'assistant', tool_calls: calls } as const] : []),
    ...(role === 'user' && says ? [{ role: 'user' } as const] : []),
  ]);
}

/**
 * OpenAI: a message of the assistant with `tool_calls` is followed by one message of the tool for each
 * `tool_call_id`, before anything else; and no other message is one of a tool.
 */
export function openAIProblems(contents: readonly Content[]): readonly string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  for (const [i, message] of [...openAIMessages(contents), { role: 'user' } as const].entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id))
        problems.push(`${i}: no call ${message.tool_call_id}`);
      continue;
    }
    if (open.size > 0) problems.push(`${i}: did not have response messages: ${[...open]}`);
    const ids = message.role === 'assistant' ? message.tool_calls.map(({ id }) => id) : [];
    open = new Set(ids);
    if (open.size < ids.length) problems.push(`${i}: an id twice in ${ids}`);
  }
  return problems;
}

/**
 * Anthropic: messages of one role that follow each other are one. Each `tool_use` has one
 * `tool_result` in the next message, before any text there, and no other `tool_result` is there.
 */
export function anthropicProblems(contents: readonly Content[]): readonly string[] {
  const messages: { role: string | undefined; uses: string[]; blocks: string[] }[] = [];
  for (const { role, calls, results, says } of withIds(contents)) {
    const ids = calls.map(({ id }) => id);
    const blocks = [...results, ...(says ? ['text'] : [])];
    const last = messages.at(-1);
    if (last?.role === role && last !== undefined) {
      last.uses.push(...ids);
      last.blocks.push(...blocks);
    } else {
      messages.push({ role, uses: ids, blocks });
    }
  }
  return messages.flatMap(({ role, uses, blocks }, i) => {
    const problems: string[] = [];
    const wanted = [...(messages[i - 1]?.uses ?? [])].sort();
    const results = role === 'user' ? blocks.filter((block) => block !== 'text') : [];
    if (results.sort().join() !== wanted.join()) {
      problems.push(`${i}: tool_use of ${wanted}, but tool_result of ${results}`);
    }
    const text = blocks.indexOf('text');
    if (role === 'user' && text >= 0 && text < results.length) problems.push(`${i}: text before`);
    if (new Set(uses).size < uses.length) problems.push(`${i}: an id twice in ${uses}`);
    if (i === messages.length - 1 && uses.length > 0) problems.push(`${i}: no tool_result`);
    return problems;
  });
}
