import { constants, setPriority } from 'node:os';
import type { Answer, Order } from './messages.ts';

const [folder = '', limit = '0', place] = process.argv.slice(2);
const inFront = place === 'in-front';

/*
 * The process that makes thumbnails. It comes after everything else on the machine, so that it takes no core
 * from Blender: before any library is loaded, since threads take over the priority of the one that starts them.
 * The one that reads what somebody looks at right now comes before.
 */
try {
  if (!inFront) setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Then it goes on as what it is: one thread with little to do.
}

const { serve } = await import('./queue.ts');
const port = process.parentPort;
const answer = (answer: Answer) => port.postMessage(answer);
const take = serve({ folder, limit: Number(limit), inFront, answer });
port.on('message', ({ data }: { data: Order }) => void take(data));
port.postMessage({ type: 'ready' });
