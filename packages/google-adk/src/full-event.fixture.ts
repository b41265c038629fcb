import { createEvent, type Event, ToolConfirmation } from '@google/adk';

/** An event with every field that ADK has, fields of its types, and some that it has not yet. */
export function createFullEvent(): Event {
  const event = createEvent({
    invocationId: 'e-1',
    author: 'agent',
    branch: 'root.agent',
    timestamp: 1_700_000_000_123,
    content: {
      role: 'model',
      parts: [
        { text: 'thinking', thought: true, thoughtSignature: 'c2lnbmF0dXJl+/==' },
        { functionCall: { id: 'adk-1', name: 'f', args: { snake_key: 1, camelKey: [null, 0.1] } } },
        {
          functionResponse: {
            id: 'adk-1',
            name: 'f',
            response: { 'odd key': { a_b: 1 }, n: 1e21, date: new Date(0) as unknown as string },
          },
        },
        { inlineData: { mimeType: 'image/png', data: 'AAECAw==' } },
        { fileData: { fileUri: 'gs://a/b', mimeType: 'text/plain' } },
        { executableCode: { code: 'print(1)' } },
        { codeExecutionResult: { output: '1\n' } },
        { text: 'é \u0000 \ud800 \u2028 "quoted"' },
      ],
    },
    partial: false,
    turnComplete: true,
    interrupted: false,
    errorCode: 'SAFETY',
    errorMessage: 'blocked',
    customMetadata: { trace_id: 'x', nested: { deep: [1, { a: null }] } },
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    groundingMetadata: {
      webSearchQueries: ['q'],
      groundingChunks: [{ web: { uri: 'https://example.org', title: 't' } }],
    },
    citationMetadata: { citations: [{ startIndex: 0, endIndex: 4, uri: 'https://example.org' }] },
    inputTranscription: { text: 'hi', finished: true },
    outputTranscription: { text: 'ho' },
    longRunningToolIds: ['adk-1'],
    actions: {
      stateDelta: { z: 1, a: { deep: [true, null, -0.5] }, 'app:x': 'y', 'user:u': null, 10: 'n' },
      artifactDelta: { 'file.txt': 3 },
      skipSummarization: true,
      transferToAgent: 'other',
      escalate: true,
      requestedAuthConfigs: {
        'adk-1': {
          authScheme: { type: 'apiKey', name: 'key', in: 'header' } as never,
          credentialKey: 'cred_key',
        },
      },
      requestedToolConfirmations: {
        'adk-1': new ToolConfirmation({ hint: 'sure?', confirmed: false, payload: { a_b: 1 } }),
      },
      agentState: { node_a: { runs: 2, 'in put': [1] } },
      endOfAgent: true,
    },
    output: { result_list: [1, 2], note: null },
    route: ['left', 2, true],
    nodeInfo: { path: 'wf.child.0', outputFor: ['wf.child', 'wf'], messageAsOutput: true },
    isolationScope: 'scope-1',
  });
  return Object.assign(event, {
    finishReason: 'STOP',
    modelVersion: 'm-1',
    interactionId: 'i-1',
    liveSessionId: 'l-1',
    goAway: { timeLeft: '5s' },
    fieldOfALaterVersion: { some_key: [{ Mixed_case: 1 }], ['__proto__x']: 1 },
  });
}
