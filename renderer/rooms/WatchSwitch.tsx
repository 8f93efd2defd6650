import type { BatchView } from '../../shared/view.ts';
import { watchFolder } from '../actions/watch-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { Hint } from '../ui/Hint.tsx';
import { Switch } from '../ui/Switch.tsx';

/** Whether shots that come into the folder join the batch by themselves. */
export function WatchSwitch({ view }: { readonly view: BatchView }) {
  const watched = useLibrary((state) => state.watched.includes(view.id));
  return (
    <Hint text="Shots that are put into the folder join this batch; changed ones are offered again.">
      <span className="watch-switch">
        <Switch
          label="Watch folder"
          checked={watched}
          onChange={(on) => void watchFolder(view.id, on)}
        />
      </span>
    </Hint>
  );
}
