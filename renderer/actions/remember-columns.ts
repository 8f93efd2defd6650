import { hiddenFrom } from '../store/columns.ts';
import { useUi } from '../store/ui-store.ts';

const KEY = 'nightshift.hidden-columns';

/** Hides the columns that were hidden the last time. Returns how to stop remembering. */
export function rememberColumns(): () => void {
  useUi.setState({ hidden: hiddenFrom(localStorage.getItem(KEY)) });
  return useUi.subscribe((now, before) => {
    if (now.hidden !== before.hidden) localStorage.setItem(KEY, [...now.hidden].join(' '));
  });
}
