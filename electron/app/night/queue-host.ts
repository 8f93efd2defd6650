import type { Push } from '../../../shared/ipc.ts';
import { changedShots, stillAsked, stopAt, WALL_CLOCK } from '../../engine/index.ts';
import { notify } from '../desktop/desktop.ts';
import { noticeOf } from '../refusal.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { TrustStore } from '../stores/trust.ts';
import { offeredText } from '../watch/watched-folders.ts';
import type { QueueHost } from './queue.ts';

interface AppParts {
  readonly sessions: Sessions;
  readonly trust: TrustStore;
  readonly push: Push;
}

/** Connects the queue with the batches of the app. */
export function queueHost({ sessions, trust, push }: AppParts): QueueHost {
  return {
    rendering: () => sessions.rendering,
    entryOf: (batchId) => sessions.get(batchId).entry,
    open: async (batch) => {
      const { folder, trusted } = batch;
      const controller = await sessions.openBeside(batch.batchId, batch);
      if (trusted !== null && controller.view().trust === 'ask') {
        await trust.decide(folder, trusted);
        controller.trust(trusted ? 'trusted' : 'untrusted');
      }
      return controller;
    },
    refresh: async ({ batchId }) => {
      const { jobs } = sessions.get(batchId).processor.batch;
      const now = await sessions.readAnew(batchId);
      const { added, changed, gone } = changedShots(jobs, now);
      if (added.length + changed.length + gone.length === 0) return;
      const again = await sessions.reopenAtRest(batchId);
      if (again && sessions.followed === batchId) push('folder:opened', again.snapshot());
      const text = offeredText(jobs, now, added);
      if (text !== null) push('notice', text);
    },
    lacks: (batch) => sessions.get(batch.batchId).lack(batch),
    stillAsked: (batchId, again) =>
      stillAsked(again, (id) => sessions.get(batchId).processor.job(id)),
    render: (batchId, wish) => sessions.render(batchId, wish),
    outlook: (batch) =>
      sessions.find(batch.batchId)?.outlook(batch) ?? { seconds: null, isPaused: false },
    stopAt: (batchId, at, onStopped) =>
      stopAt(sessions.get(batchId).processor, { at, onStopped }, WALL_CLOCK),
    tell: (tonight) => push('tonight:changed', tonight),
    say: (sentence) => push('notice', sentence),
    failed: (error) => push('notice', noticeOf(error)),
    passedOver: (name, sentence) => {
      push('notice', `“${name}” was passed over: ${sentence}`);
      notify({ title: `${name} was passed over`, body: sentence });
    },
  };
}
