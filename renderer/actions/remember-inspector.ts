import { useUi } from '../store/ui-store.ts';

const KEY = 'nightshift.inspector';
/** From here on all three columns fit without squeezing the table. */
const ROOMY = 1400;

/** Opens the inspector as it was left, the first time if there is room. Returns how to stop. */
export function rememberInspector(): () => void {
  const kept = localStorage.getItem(KEY);
  useUi.setState({ inspector: kept === null ? window.innerWidth >= ROOMY : kept === 'open' });
  return useUi.subscribe((now, before) => {
    if (now.inspector !== before.inspector)
      localStorage.setItem(KEY, now.inspector ? 'open' : 'closed');
  });
}
