import { type RunConfig, StreamingMode } from '@google/adk';
import { createRunConfig } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { toAdkRunConfig } from './to-adk-run-config.ts';

describe('toAdkRunConfig', () => {
  it('gives what ADK takes for each mode', () => {
    const modeOf = (streamingMode: string | number | null) =>
      toAdkRunConfig({ streamingMode: streamingMode as string }).streamingMode;
    expect([modeOf(0), modeOf('SSE'), modeOf(2), modeOf(null)]).toEqual([
      StreamingMode.NONE,
      StreamingMode.SSE,
      StreamingMode.BIDI,
      StreamingMode.NONE,
    ]);
  });

  it('has the defaults of Holdfast', () => {
    expect(toAdkRunConfig()).toEqual({
      streamingMode: 'sse',
      maxLlmCalls: 500,
      saveInputBlobsAsArtifacts: false,
      supportCfc: false,
      enableAffectiveDialog: false,
      pauseOnToolCalls: false,
    });
  });

  it('keeps all other fields, as copies that ADK may change', () => {
    const speechConfig = { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } };
    const config = createRunConfig({ speechConfig, responseModalities: ['AUDIO'], maxLlmCalls: 3 });
    const adk: RunConfig = toAdkRunConfig(config);
    expect(adk).toMatchObject({ speechConfig, responseModalities: ['AUDIO'], maxLlmCalls: 3 });
    adk.responseModalities?.pop();
    expect(config.responseModalities).toEqual(['AUDIO']);
  });

  it('refuses what is no run config, with the path', () => {
    expect(() => toAdkRunConfig({ maxLlmCalls: 1.5 })).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'maxLlmCalls' }),
    );
  });
});
