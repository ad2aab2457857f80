import type { MicrophoneProblem } from '../calls.ts';

/** Why the browser gave no microphone. */
export async function problemOf(error: unknown): Promise<MicrophoneProblem> {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'in_use';
    case 'SecurityError':
      return 'insecure';
    case 'NotAllowedError':
      return (await stillAsks()) ? 'dismissed' : 'denied';
    default:
      return 'failed';
  }
}

/** Whether the browser would ask again: then the question was only closed. */
async function stillAsks(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state === 'prompt';
  } catch {
    return false;
  }
}
