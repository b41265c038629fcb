import type { FunctionCall, FunctionResponse } from '@holdfast/session';

const PENDING = Object.freeze({ status: 'pending' });
const CUT_OFF = Object.freeze({
  error: 'no response: the call was cut off before it was answered',
});

/** What stands for the response to a call that still waits for one. */
export function pendingResponse(call: FunctionCall): FunctionResponse {
  return Object.freeze({ ...namedAs(call), response: PENDING });
}

/** What stands for the response to a call that nobody will answer any more. */
export function cutOffResponse(call: FunctionCall): FunctionResponse {
  return Object.freeze({ ...namedAs(call), response: CUT_OFF });
}

/** The id and the name of a call, as its response has them. */
export function namedAs({ id, name }: FunctionCall) {
  return { ...(id !== undefined && { id }), ...(name !== undefined && { name }) };
}
