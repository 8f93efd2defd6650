import type { BatchSummary } from '../../shared/view.ts';
import { listen } from '../api.ts';
import { appended, useBatch, useDetail } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { openBatch, openLast, refetch, showBatch } from './batch-actions.ts';
import { possibleCommands, runCommand } from './commands.ts';
import { applyTheme, lookForBlenders, lookForCluster } from './settings-actions.ts';
import { askOrNotify, dropNotices, notify } from './ui-actions.ts';

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
    listen('tonight:changed', (tonight) => useLibrary.setState({ tonight })),
    listen('watch:changed', (watched) => useLibrary.setState({ watched })),
    listen('power:changed', (countdown) => useLibrary.setState({ countdown })),
    listen('updates:changed', (updates) => useLibrary.setState({ updates })),
    listen('telling:changed', (telling) => useLibrary.setState({ telling })),
    listen('menu:command', runCommand),
    listen('folder:opened', showBatch),
    listen('notice', (text) => notify(text, false, { waits: true })),
    dropOldNotices(),
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
  const tonight = await askOrNotify('tonight:get', undefined);
  if (tonight) useLibrary.setState({ tonight });
  const watched = await askOrNotify('watch:list', undefined);
  if (watched) useLibrary.setState({ watched });
  const updates = await askOrNotify('updates:view', undefined);
  if (updates) useLibrary.setState({ updates });
  const info = await askOrNotify('app:info', undefined);
  if (info) useLibrary.setState({ info });
  await Promise.all([lookForCluster(), lookForBlenders()]);
}

/** After a start: what renders, else what was interrupted last, else nothing. */
function toShowFirst(batches: readonly BatchSummary[]): BatchSummary | undefined {
  const openable = batches
    .filter((batch) => batch.problem === null)
    .sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  return openable.find(isAtWork) ?? openable.find((batch) => batch.phase === 'interrupted');
}

/**
 * A refusal is of the moment: it goes where another batch is shown, or one of them begins, stops or ends. All that went
 * wrong before goes when the batch renders again. Returns the function that ends it.
 */
function dropOldNotices(): () => void {
  const stops = [
    useBatch.subscribe(({ mirror: now }, { mirror: before }) => {
      const isSame = now?.view.id === before?.view.id && now?.view.phase === before?.view.phase;
      if (!now || !before || isSame) return;
      const begins = now.view.phase === 'running';
      dropNotices(({ of, waits }) => of !== null || (begins && waits));
    }),
    useLibrary.subscribe(({ batches: now }, { batches: before }) => {
      if (now === before) return;
      const phases = new Map(before.map(({ id, phase }) => [id, phase]));
      if (now.some(({ id, phase }) => phases.has(id) && phases.get(id) !== phase))
        dropNotices(({ of }) => of !== null);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Keeps the application menu at what makes sense now. Returns the function that ends it. */
function offerCommands(): () => void {
  let told = '';
  const tell = () => {
    const commands = possibleCommands();
    if (commands.join() === told) return;
    told = commands.join();
    void askOrNotify('menu:offer', { commands: [...commands] });
  };
  tell();
  const stops = [useBatch.subscribe(tell), useUi.subscribe(tell)];
  return () => {
    for (const stop of stops) stop();
  };
}

const INSPECTOR_KEY = 'nightshift.inspector';
/** From here on all three columns fit without squeezing the table. */
const ROOMY = 1400;

/** Opens the inspector as it was left, the first time if there is room. Returns how to stop. */
export function rememberInspector(): () => void {
  const kept = localStorage.getItem(INSPECTOR_KEY);
  useUi.setState({ inspector: kept === null ? window.innerWidth >= ROOMY : kept === 'open' });
  return useUi.subscribe((now, before) => {
    if (now.inspector !== before.inspector)
      localStorage.setItem(INSPECTOR_KEY, now.inspector ? 'open' : 'closed');
  });
}
