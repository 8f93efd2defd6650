import { join } from 'node:path';
import { z } from 'zod';
import { createBatchFromDirectory, watchShots } from '../../engine/index.ts';
import type { Push } from '../ipc/ipc.ts';
import { refusalOf } from '../ipc/refusal.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { JsonFile } from '../stores/json-file.ts';
import type { WatchHost } from './watched-folders.ts';

const schema = z.array(z.string());

/** The batches of the app and their folders, as the watched folders see them. */
export function watchHost(data: string, sessions: Sessions, push: Push): WatchHost {
  const chosen = new JsonFile<string[]>(join(data, 'watched.json'), schema, []);
  return {
    chosen: () => chosen.read(),
    choose: (batchIds) => chosen.write([...batchIds]),
    find: (batchId) => sessions.find(batchId),
    watch: watchShots,
    read: ({ processor }) => {
      const { folder, outputRoot } = processor.batch;
      return createBatchFromDirectory(folder, { output: outputRoot });
    },
    reopen: async (batchId) => {
      const session = await sessions.reopenAtRest(batchId);
      if (session && sessions.followed === batchId) push('folder:opened', session.snapshot());
    },
    tell: (batchIds) => push('watch:changed', batchIds),
    say: (sentence) => push('notice', sentence),
    failed: (error) => {
      const { message, nextStep } = refusalOf(error);
      push('notice', nextStep ? `${message} ${nextStep}` : message);
    },
  };
}
