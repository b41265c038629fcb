/** A line that begins with a slash: what to do, and with what. */
export interface Command {
  readonly name: string;
  /** What stands behind the name; `''` where nothing does. */
  readonly argument: string;
}

/** The commands, as `/help` shows them. */
export const commandHelp: readonly (readonly [usage: string, what: string])[] = [
  ['/new', 'begin another conversation'],
  ['/list', 'your conversations, the newest first'],
  ['/resume N', 'go on with conversation N of the list'],
  ['/delete N', 'delete conversation N of the list'],
  ['/user NAME', 'be another user'],
  ['/state', 'the state as the agent sees it, by scope'],
  ['/events', 'the stored events of this conversation'],
  ['/mode none|sse|bidi', 'how an answer comes: whole, or in pieces'],
  ['/help', 'this list'],
  ['/quit', 'leave'],
];

/** The command that a line is; undefined where it is something said to the agent. */
export function parseCommand(line: string): Command | undefined {
  const match = /^\/(\S*)\s*(.*)$/su.exec(line.trim());
  if (match === null) return undefined;
  const [, name = '', argument = ''] = match;
  return { name: name.toLowerCase(), argument };
}

/** A number of the list, counted from 1; undefined where the argument is none. */
export function parseNumber(argument: string): number | undefined {
  const match = /^#?(\d{1,9})\.?$/u.exec(argument);
  return match === null ? undefined : Number(match[1]);
}
