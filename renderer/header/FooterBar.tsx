import { WHERE_NAMES } from '../../shared/hosts.ts';
import type { BatchView } from '../../shared/view.ts';
import { useBatch, useRemembered } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { count, counted, memory } from '../text/format.ts';
import { whenDoneText } from '../text/power-text.ts';
import './FooterBar.css';
import { askOrNotify } from '../actions/ui-actions.ts';
import { Hint } from '../ui/Hint.tsx';
import { Switch } from '../ui/Switch.tsx';

/** What this batch renders with. */
export function FooterBar({ view }: { readonly view: BatchView }) {
  const whenDone = useLibrary((state) => state.settings?.whenDone ?? 'nothing');
  const afterwards = whenDoneText(whenDone);
  const remembered = useRemembered();
  return (
    <footer className="footer-bar">
      <Reading view={view} />
      <span>{view.blender ? `Blender ${view.blender.version}` : 'No Blender found'}</span>
      <Machines view={view} />
      {afterwards && <span>{afterwards}</span>}
      {view.trust === 'trusted' && <span>Folder trusted</span>}
      {view.trust === 'untrusted' && <span>Folder not trusted</span>}
      {!remembered && <WatchSwitch view={view} />}
    </footer>
  );
}

/** What it renders on, or will: a batch at work stays where it began. */
function Machines({ view }: { readonly view: BatchView }) {
  const info = useLibrary((state) => state.info);
  const where = useLibrary((state) => state.settings?.where ?? 'here');
  if (view.onCluster) {
    return (
      <span>
        {WHERE_NAMES[view.onCluster].name} · {counted(view.workers, 'Blender')} at most
      </span>
    );
  }
  if (where !== 'here' && !isAtWork(view)) return <span>{WHERE_NAMES[where].name}</span>;
  return (
    <>
      {view.workers > 0 && <span>{counted(view.workers, 'worker')}</span>}
      {info && (
        <span>
          {counted(info.cores, 'core')} · {memory(info.memoryMb)}
        </span>
      )}
    </>
  );
}

/** The table is not whole before the folder has been read. */
function Reading({ view }: { readonly view: BatchView }) {
  const rows = useBatch((state) => (state.mirror?.remembered ? state.mirror.ids.length : null));
  if (rows === null) return null;
  return (
    <span role="status">
      Reading the folder… These are {count(rows)} of {counted(view.progress.totalJobs, 'shot')}, as
      they were seen last.
    </span>
  );
}

/** Whether shots that come into the folder join the batch by themselves. */
function WatchSwitch({ view }: { readonly view: BatchView }) {
  const watched = useLibrary((state) => state.watched.includes(view.id));
  return (
    <Hint text="Shots that are put into the folder join this batch; changed ones are offered again.">
      <span className="watch-switch">
        <Switch
          label="Watch folder"
          checked={watched}
          onChange={(on) => void askOrNotify('watch:set', { batchId: view.id, on })}
        />
      </span>
    </Hint>
  );
}
