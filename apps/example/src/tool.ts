import type { JsonObject } from '@holdfast/core';
import type { State } from '@holdfast/state';

/** Something that the model can ask the agent to do. */
export interface Tool {
  readonly name: string;
  /** Tells the model when to call it. */
  readonly description: string;
  /** Names and descriptions of its arguments, all of them strings. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * Does it, and gives what the model is told. What it changes in `state` is stored with
   * the event that holds the answer. What it throws, the model is told as an error.
   */
  run(call: ToolCall): JsonObject;
}

export interface ToolCall {
  readonly args: Readonly<Record<string, unknown>>;
  readonly state: State;
}

/** Tools as a model's config takes them. */
export function declareTools(tools: readonly Tool[]): readonly object[] {
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parametersJsonSchema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(parameters).map(([parameter, text]) => [
          parameter,
          { type: 'string', description: text },
        ]),
      ),
    },
  }));
  return [{ functionDeclarations }];
}

/** The argument `name` of a call as text; throws where it is missing. */
export function textArgument({ args }: ToolCall, name: string): string {
  const value = args[name];
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new Error(`the argument ${name} is missing`);
}
