/** A step of a path: a property, an index, or the key of a map such as a state. */
export type JsonPathStep = string | number | { readonly key: string };

const identifierLike = /^[A-Za-z_$][\w$]*$/;

/**
 * A path as error messages write it: `actions.stateDelta["cart"][2].price`.
 * Properties stand behind a dot, keys of a map in brackets, and so does what would
 * not be an identifier.
 */
export function formatJsonPath(steps: readonly JsonPathStep[]): string {
  let path = '';
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`;
    else if (typeof step === 'object') path += `[${JSON.stringify(step.key)}]`;
    else if (!identifierLike.test(step)) path += `[${JSON.stringify(step)}]`;
    else path += path === '' ? step : `.${step}`;
  }
  return path;
}
