import {
  cancelJobs,
  cancellable,
  copyCommands,
  prioritizeJobs,
  retryable,
  retryJobs,
  reveal,
} from '../actions/job-actions.ts';
import { shortcutText } from '../actions/shortcuts.ts';
import { openInspector } from '../actions/ui-actions.ts';
import { useUi } from '../store/ui-store.ts';
import type { MenuEntry } from '../ui/Menu.tsx';

/** What can be done with the selected shots. */
export function jobMenu(): readonly MenuEntry[] {
  const { ids, active } = useUi.getState().selection;
  const chosen = [...ids];
  const one = chosen.length === 1 ? chosen[0] : undefined;
  return [
    { label: 'Inspect', keys: 'Enter', disabled: active === null, onSelect: openInspector },
    {
      label: 'Cancel',
      disabled: cancellable(chosen).length === 0,
      onSelect: () => void cancelJobs(chosen),
    },
    {
      label: 'Retry',
      disabled: retryable(chosen).length === 0,
      onSelect: () => void retryJobs(chosen),
    },
    {
      label: 'Render first',
      keys: shortcutText('Shift+F'),
      disabled: cancellable(chosen).length === 0,
      onSelect: () => void prioritizeJobs(chosen, 'first'),
    },
    {
      label: 'Raise priority',
      disabled: cancellable(chosen).length === 0,
      onSelect: () => void prioritizeJobs(chosen, 'raise'),
    },
    {
      label: 'Lower priority',
      disabled: cancellable(chosen).length === 0,
      onSelect: () => void prioritizeJobs(chosen, 'lower'),
    },
    {
      label: 'Show in folder',
      disabled: one === undefined,
      onSelect: () => void (one && reveal(one)),
    },
    {
      label: 'Copy command',
      disabled: chosen.length === 0,
      onSelect: () => void copyCommands(chosen),
    },
  ];
}
