import type { CallName, CallPayload, CallResult } from '../../shared/ipc.ts';
import { ask } from '../api.ts';
import { notify } from './ui-actions.ts';

/** Asks the main process; a refusal becomes a notice and `undefined`. */
export async function askOrNotify<N extends CallName>(
  name: N,
  payload: CallPayload<N>,
): Promise<CallResult<N> | undefined> {
  const answer = await ask(name, payload);
  if (answer.ok) return answer.value;
  const { message, nextStep } = answer.error;
  notify(nextStep === null ? message : `${message} ${nextStep}`, true);
  return undefined;
}
