import { ChevronDown, ChevronUp } from 'lucide-react';
import { sortBy } from '../actions/ui-actions.ts';
import type { SortKey } from '../store/table-view.ts';
import { useUi } from '../store/ui-store.ts';
import { GridHead, GridRow } from '../ui/Grid.tsx';

const COLUMNS: readonly {
  /** `null`: nothing to sort by. */
  readonly key: SortKey | null;
  readonly word: string;
  readonly classes?: string;
}[] = [
  { key: 'status', word: 'Status' },
  { key: null, word: 'Newest' },
  { key: 'name', word: 'Shot' },
  { key: 'frames', word: 'Frames' },
  { key: 'engine', word: 'Engine', classes: 'col-engine' },
  { key: 'elapsed', word: 'Elapsed', classes: 'col-right' },
  { key: 'average', word: 'A frame', classes: 'col-right' },
  { key: 'left', word: 'Left', classes: 'col-right' },
  { key: 'tries', word: 'Tries', classes: 'col-right col-tries' },
];

/** A click sorts up, again down, and once more gives back the folder's order. */
export function TableHead() {
  const sort = useUi((state) => state.query.sort);
  return (
    <GridRow className="table-head job-grid" aria-rowindex={1}>
      {COLUMNS.map(({ key, word, classes }) => {
        if (key === null) return <GridHead key={word}>{word}</GridHead>;
        const sorted = sort?.key === key;
        const Arrow = sort?.down ? ChevronDown : ChevronUp;
        return (
          <GridHead
            key={key}
            className={classes}
            aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : 'none'}
          >
            <button type="button" className="sort-button" onClick={() => sortBy(key)}>
              {word}
              {sorted && <Arrow size={12} aria-hidden="true" />}
            </button>
          </GridHead>
        );
      })}
    </GridRow>
  );
}
