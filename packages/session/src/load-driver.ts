import { HoldfastError } from '@holdfast/core';

/** A driver that is loaded when it is asked for; `unsupported` if its package is not installed. */
export async function loadDriver<Module>(
  name: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const message = `the driver is not installed: \`npm install ${name}\``;
    throw new HoldfastError('unsupported', { message, cause });
  }
}
