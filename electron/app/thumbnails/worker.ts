import { constants, setPriority } from 'node:os';
import type { Order } from './messages.ts';

/*
 * The process that makes thumbnails. It comes after everything else on the machine, so that it takes no core
 * from Blender: before any library is loaded, since threads take over the priority of the one that starts them.
 */
try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Then it goes on as what it is: one thread with little to do.
}

const [folder = '', limit = '0'] = process.argv.slice(2);
const { serve } = await import('./queue.ts');
const port = process.parentPort;
const take = serve({ folder, limit: Number(limit), answer: (answer) => port.postMessage(answer) });
port.on('message', ({ data }: { data: Order }) => void take(data));
port.postMessage({ type: 'ready' });
