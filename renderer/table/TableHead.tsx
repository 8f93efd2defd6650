import { ChevronDown, ChevronUp } from 'lucide-react';
import { sortBy } from '../actions/ui-actions.ts';
import { COLUMN_WORDS, type Column } from '../store/columns.ts';
import { isSortKey } from '../store/table-view.ts';
import { useUi } from '../store/ui-store.ts';
import { GridHead, GridRow } from '../ui/Grid.tsx';
import { RightClickMenu } from '../ui/Menu.tsx';
import { columnMenu } from './column-menu.ts';
import { useShownColumns } from './columns-context.ts';

/** A click sorts up, again down, and once more gives back the batch's order. A right click chooses the columns. */
export function TableHead() {
  const shown = useShownColumns();
  const hidden = useUi((state) => state.hidden);
  return (
    <RightClickMenu
      label="Columns"
      entries={() => columnMenu(hidden, shown)}
      trigger={<GridRow className="table-head job-grid" aria-rowindex={1} />}
    >
      {shown.map((column) => (
        <Head key={column} column={column} />
      ))}
    </RightClickMenu>
  );
}

function Head({ column }: { readonly column: Column }) {
  const sort = useUi((state) => state.query.sort);
  const word = COLUMN_WORDS[column];
  if (!isSortKey(column)) return <GridHead>{word}</GridHead>;
  const sorted = sort?.key === column;
  const Arrow = sort?.down ? ChevronDown : ChevronUp;
  return (
    <GridHead
      className={columnClass(column)}
      aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className="sort-button" onClick={() => sortBy(column)}>
        {word}
        {sorted && <Arrow size={12} aria-hidden="true" />}
      </button>
    </GridHead>
  );
}

const FIGURES: ReadonlySet<Column> = new Set(['elapsed', 'average', 'left', 'tries']);

/** Figures stand under each other at the right. */
export function columnClass(column: Column): string | undefined {
  return FIGURES.has(column) ? 'col-right' : undefined;
}
