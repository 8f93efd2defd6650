import { z } from 'zod';
import {
  CALLS,
  type CallName,
  type CallPayload,
  type CallResult,
  type Envelope,
} from '../../../shared/ipc.ts';
import { ORIGIN } from '../desktop/resource.ts';
import { Refusal, refusalOf } from './refusal.ts';

export type Handlers = {
  readonly [N in CallName]: (payload: CallPayload<N>) => Promise<CallResult<N>> | CallResult<N>;
};

/** Who called: the frame's URL and whether it is the window's main frame. */
export interface Sender {
  readonly url: string;
  readonly mainFrame: boolean;
}

/** Checks sender and payload, then answers in an envelope. Never rejects. */
export async function dispatch<N extends CallName>(
  handlers: Handlers,
  name: N,
  payload: unknown,
  sender: Sender,
): Promise<Envelope<CallResult<N>>> {
  try {
    refuseStrangers(sender);
    const parsed = CALLS[name].safeParse(payload);
    if (!parsed.success) throw misfit(name, parsed.error);
    return { ok: true, value: await handlers[name](parsed.data as CallPayload<N>) };
  } catch (error) {
    const { message, nextStep } = refusalOf(error);
    if (!(error instanceof Refusal)) console.error(`${name}:`, error);
    return { ok: false, error: { message, nextStep } };
  }
}

function refuseStrangers(sender: Sender): void {
  const url = URL.canParse(sender.url) ? new URL(sender.url) : null;
  if (sender.mainFrame && url && `${url.protocol}//${url.host}` === ORIGIN) return;
  throw new Refusal('Only the window of Nightshift may call Nightshift.');
}

function misfit(name: CallName, error: z.ZodError): Refusal {
  const [line] = z.prettifyError(error).split('\n');
  return new Refusal(`The call “${name}” was refused: ${line?.replace(/^✖ /, '')}.`);
}
