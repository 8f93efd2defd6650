import { useShallow } from 'zustand/react/shallow';
import { selectAllOf } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { counted } from '../text/format.ts';
import { GridCell, GridRow } from '../ui/Grid.tsx';
import { Name } from '../ui/Name.tsx';

interface SequenceRowProps {
  /** Empty: of shots that name no sequence. */
  readonly name: string;
  readonly ids: readonly string[];
  /** What the names of all shots begin with. */
  readonly common: string;
  /** Among all rows of the table. */
  readonly index: number;
  /** Pixels from the top of all rows. */
  readonly top: number;
}

/** The heading of a sequence: what it holds, and how far that is. A click selects its shots. */
export function SequenceRow({ name, ids, common, index, top }: SequenceRowProps) {
  const { done, failed } = useBatch(
    useShallow(({ mirror }) => {
      const counts = { done: 0, failed: 0 };
      for (const id of ids) {
        const status = mirror?.rows.get(id)?.status;
        if (status === 'completed') counts.done += 1;
        else if (status === 'failed') counts.failed += 1;
      }
      return counts;
    }),
  );
  const own = name.startsWith(common) && name.length > common.length;
  return (
    <GridRow
      className="sequence-row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => selectAllOf(ids)}
    >
      <GridCell className="sequence-cell">
        <span className="sequence-name">
          <Name>{name === '' ? 'Other shots' : own ? name.slice(common.length) : name}</Name>
        </span>
        <span className="sequence-count">
          {[
            counted(ids.length, 'shot'),
            done > 0 && `${done} done`,
            failed > 0 && `${failed} failed`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </GridCell>
    </GridRow>
  );
}
