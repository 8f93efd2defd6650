import { z } from 'zod';
import { type Doing, diagnose } from './diagnose.ts';
import type { RunnerAnswer } from './protocol.ts';
import type { RecentLog } from './recent-log.ts';
import type { Answer } from './types.ts';

/**
 * What an answer of the runner says: its value, or what went wrong with it.
 * @param log what Blender said while it was at work on it
 */
export function answered<T>(
  answer: RunnerAnswer,
  doing: Doing,
  log: ReturnType<RecentLog['read']>,
  read: (value: unknown) => T,
): Answer<T> {
  if (answer.ok) return understood(answer.value, doing, read);
  const evidence =
    'report' in answer
      ? ({ kind: 'report', text: answer.report, log } as const)
      : ({
          kind: 'refusal',
          cause: answer.cause,
          message: answer.message,
          nextStep: answer.nextStep ?? null,
          lines: answer.evidence,
        } as const);
  return { ok: false, failure: diagnose(evidence, doing) };
}

function understood<T>(value: unknown, doing: Doing, read: (value: unknown) => T): Answer<T> {
  try {
    return { ok: true, value: read(value) };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    const text = `The answer could not be understood: ${why.replaceAll(/\s+/g, ' ')}`;
    return { ok: false, failure: diagnose({ kind: 'report', text, log: [] }, doing) };
  }
}
