import { join } from 'node:path';
import { app, utilityProcess } from 'electron';
import type { StartMaker } from './maker.ts';
import type { Answer } from './messages.ts';

/** Disk that all thumbnails together may take. */
const LIMIT = 200 * 2 ** 20;

/** Starts makers as processes of Electron. @param data the app data directory */
export function utilityMaker(data: string): StartMaker {
  return (hears, exited) => {
    const child = utilityProcess.fork(
      join(app.getAppPath(), 'out/main/thumbnail-worker.js'),
      [join(data, 'thumbnails'), String(LIMIT)],
      { serviceName: 'Nightshift thumbnails', stdio: 'ignore' },
    );
    child.on('message', (answer: Answer) => hears(answer));
    child.on('exit', exited);
    return { post: (order) => child.postMessage(order), end: () => void child.kill() };
  };
}
