import { Clapperboard } from 'lucide-react';
import { SPLITS, type Split } from '../../shared/more-shots.ts';
import type { BatchView } from '../../shared/view.ts';
import { openWholeFolder } from '../actions/batch-actions.ts';
import { makeShots, splittable } from '../actions/setup-actions.ts';
import { openInspector, selectAllOf } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { offerText, SPLIT_WORDS } from '../text/more-shots-text.ts';
import { Button } from '../ui/Button.tsx';

/** What is told of scenes and cameras without a shot: of a batch at rest, until the artist has read it. */
export function useTold({ id, more, ...view }: BatchView): readonly Split[] {
  const hidden = useUi((state) => state.hiddenOffers);
  if (isAtWork(view)) return [];
  return SPLITS.filter((by) => more?.[by] !== undefined && !hidden.has(keyOf(id, by)));
}

/** Which scenes and cameras of the batch have no shot, and the act that makes one for each. */
export function MoreShotsLine({ view, by }: { readonly view: BatchView; readonly by: Split }) {
  const offer = view.more?.[by];
  if (!offer) return null;
  return (
    <div className="problems-line more-shots-line">
      <Clapperboard size={15} aria-hidden="true" />
      <p className="selectable">{offerText(by, offer)}</p>
      <Acts view={view} by={by} />
      <Button small look="quiet" onClick={() => hide(keyOf(view.id, by))}>
        Hide
      </Button>
    </div>
  );
}

function Acts({ view, by }: { readonly view: BatchView; readonly by: Split }) {
  const all = () => splittable(useBatch.getState().mirror?.ids ?? [], by);
  // A shot file beside scenes that were picked would not be read.
  if (view.files) {
    return (
      <Button small look="quiet" onClick={() => void openWholeFolder(view.id)}>
        Open the folder
      </Button>
    );
  }
  const show = () => {
    selectAllOf(all());
    openInspector('Set-up');
  };
  return (
    <>
      <Button small look="quiet" onClick={show}>
        Show
      </Button>
      <Button small look="quiet" onClick={() => void makeShots(all(), by)}>
        {SPLIT_WORDS[by]}
      </Button>
    </>
  );
}

function keyOf(batchId: string, by: Split): string {
  return `${batchId} ${by}`;
}

/** The Set-up of a shot still tells it. */
function hide(key: string): void {
  const { hiddenOffers } = useUi.getState();
  useUi.setState({ hiddenOffers: new Set([...hiddenOffers, key].slice(-MOST_HIDDEN)) });
}

const MOST_HIDDEN = 1000;
const KEPT_AS = 'nightshift.hidden-offers';

/** Hides the lines that were hidden the last time. Returns how to stop remembering. */
export function rememberHiddenOffers(): () => void {
  const kept = localStorage.getItem(KEPT_AS)?.split('\n') ?? [];
  useUi.setState({ hiddenOffers: new Set(kept) });
  return useUi.subscribe((now, before) => {
    if (now.hiddenOffers !== before.hiddenOffers)
      localStorage.setItem(KEPT_AS, [...now.hiddenOffers].join('\n'));
  });
}
