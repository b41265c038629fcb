import type { JsonObject } from '@holdfast/core';
import type { State } from '@holdfast/state';

/** Something that the model can ask the agent to do. */
export interface Tool {
  readonly name: string;
  /** Tells the model when to call it. */
  readonly description: string;
  readonly parameters: Readonly<Record<string, ToolParameter>>;
  /**
   * Does it, and gives what the model is told. What it changes in `state` is stored with
   * the event that holds the answer. What it throws, the model is told as an error.
   */
  run(call: ToolCall): JsonObject;
}

/** An argument: one text, or a list of them. */
export interface ToolParameter {
  readonly kind: 'text' | 'texts';
  readonly description: string;
  readonly optional?: true;
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
        Object.entries(parameters).map(([parameter, declared]) => [parameter, schemaOf(declared)]),
      ),
      required: Object.keys(parameters).filter((key) => parameters[key]?.optional !== true),
    },
  }));
  return [{ functionDeclarations }];
}

function schemaOf({ kind, description }: ToolParameter): JsonObject {
  switch (kind) {
    case 'text':
      return { type: 'string', description };
    case 'texts':
      return { type: 'array', items: { type: 'string' }, description };
  }
}

/** The argument `name` of a call as text; throws where it is missing. */
export function textArgument({ args }: ToolCall, name: string): string {
  const value = args[name];
  if (isText(value)) return value.trim();
  throw new Error(`the argument ${name} is missing`);
}

/** The argument `name` of a call as a list of texts; throws where it is missing or empty. */
export function textsArgument({ args }: ToolCall, name: string): readonly string[] {
  const value = args[name];
  const texts = (Array.isArray(value) ? value : [value]).filter(isText).map((text) => text.trim());
  if (texts.length > 0) return texts;
  throw new Error(`the argument ${name} is missing`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
