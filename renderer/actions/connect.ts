import type { BatchSummary } from '../../shared/view.ts';
import { listen } from '../api.ts';
import { useBatch } from '../store/batch-store.ts';
import { appended, useDetail } from '../store/detail-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { useSchedules } from '../store/schedule-store.ts';
import { groupOf } from '../text/batch-text.ts';
import { askOrNotify } from './ask-or-notify.ts';
import { openBatch, openLast, refetch, showBatch } from './batch-actions.ts';
import { runCommand } from './commands.ts';
import { offerCommands } from './offer-commands.ts';
import { fetchSchedules } from './schedule-actions.ts';
import { applyTheme, lookForBlenders } from './settings-actions.ts';
import { notify } from './ui-actions.ts';
import { fetchWatched } from './watch-actions.ts';

/** Wires the stores to the main process and fills them. Returns the function that unplugs them. */
export function connect(): () => void {
  const stops = [
    listen('batch:update', (update) => {
      if (!useBatch.getState().take(update)) void refetch();
    }),
    listen('batches:changed', (batches) => useLibrary.setState({ batches })),
    listen('log:lines', ({ batchId, jobId, lines }) => {
      const { logJob, log } = useDetail.getState();
      if (logJob !== jobId || useBatch.getState().mirror?.view.id !== batchId) return;
      useDetail.setState({ log: appended(log, lines) });
    }),
    listen('schedules:changed', (schedules) => useSchedules.setState({ schedules })),
    listen('watch:changed', (watched) => useLibrary.setState({ watched })),
    listen('power:changed', (countdown) => useLibrary.setState({ countdown })),
    listen('menu:command', runCommand),
    listen('folder:opened', showBatch),
    listen('notice', (text) => notify(text)),
    offerCommands(),
  ];
  void fill();
  return () => {
    for (const stop of stops) stop();
  };
}

async function fill(): Promise<void> {
  const settings = await askOrNotify('settings:get', undefined);
  if (settings) {
    useLibrary.setState({ settings });
    applyTheme(settings.theme);
  }
  const opened = openLast();
  const batches = await askOrNotify('batches:list', undefined);
  if (batches) {
    useLibrary.setState({ batches });
    const first = toShowFirst(batches);
    if (!(await opened) && first && !useBatch.getState().mirror) await openBatch(first.id);
  }
  await fetchSchedules();
  await fetchWatched();
  const info = await askOrNotify('app:info', undefined);
  if (info) useLibrary.setState({ info });
  await lookForBlenders();
}

/** After a start: what renders, else what was interrupted last, else nothing. */
function toShowFirst(batches: readonly BatchSummary[]): BatchSummary | undefined {
  const openable = batches
    .filter((batch) => batch.problem === null)
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  return (
    openable.find((batch) => groupOf(batch.phase) === 'Rendering') ??
    openable.find((batch) => batch.phase === 'interrupted')
  );
}
