import { Columns3, PanelRight } from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { SEARCH_ID } from '../actions/commands.ts';
import { shortcutText } from '../actions/shortcuts.ts';
import { closeInspector, openInspector, setQuery } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { count } from '../text/format.ts';
import { IconButton } from '../ui/Button.tsx';
import { ButtonMenu } from '../ui/Menu.tsx';
import { columnMenu, useShownColumns } from './shown-columns.ts';
import { FILTER_WORDS, FILTERS, filterCounts } from './shown-rows.ts';
import './TableTools.css';

/**
 * Filters with their counts, search, the columns of the table, and the inspector's switch.
 * @param toShots gives the keyboard to what was found
 */
export function TableTools({ toShots }: { readonly toShots: () => void }) {
  const search = useUi((state) => state.query.search);
  const inspector = useUi((state) => state.inspector);
  return (
    <div className="table-tools">
      <FilterChips />
      <input
        id={SEARCH_ID}
        type="search"
        className="search"
        aria-label="Find a shot"
        placeholder={`Find a shot  ${shortcutText('F')}`}
        spellCheck={false}
        value={search}
        onChange={(event) => setQuery({ search: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'ArrowDown') toShots();
          else if (event.key === 'Escape' && search !== '') setQuery({ search: '' });
          else return;
          event.preventDefault();
        }}
      />
      <ColumnsButton />
      <IconButton
        label="Inspector"
        aria-pressed={inspector}
        onClick={inspector ? closeInspector : () => openInspector()}
      >
        <PanelRight size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function ColumnsButton() {
  const shown = useShownColumns();
  const hidden = useUi((state) => state.hidden);
  const widths = useUi((state) => state.widths);
  const icon = <Columns3 size={16} aria-hidden="true" />;
  return (
    <ButtonMenu
      label="Columns"
      entries={() => columnMenu(hidden, shown, widths)}
      button={<IconButton label="Columns">{icon}</IconButton>}
    />
  );
}

const NO_SHOTS = {
  progress: {
    totalJobs: 0,
    jobs: { waiting: 0, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
  },
  needYou: 0,
};

function FilterChips() {
  const chosen = useUi((state) => state.query.filter);
  const counts = useBatch(useShallow((state) => filterCounts(state.mirror?.view ?? NO_SHOTS)));
  const rests = useBatch(({ mirror }) => mirror?.view.phase === 'paused');
  // The chosen one stays when its last shot leaves it: nothing may jump away under the hand.
  const shown = FILTERS.filter((each) => each === 'all' || each === chosen || counts[each] > 0);
  return (
    <fieldset className="chips" aria-label="Filter">
      {shown.map((filter) => (
        <button
          key={filter}
          type="button"
          className="chip"
          aria-pressed={chosen === filter}
          onClick={() => setQuery({ filter })}
        >
          {rests && filter === 'running' ? 'Paused' : FILTER_WORDS[filter]} {count(counts[filter])}
        </button>
      ))}
    </fieldset>
  );
}
