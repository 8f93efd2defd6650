import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { renderable } from '../actions/job-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { counted } from '../text/format.ts';
import { dragPreview } from '../ui/drag-preview.ts';
import { dropJobs } from './row-order.ts';

const SHOTS = 'shots';

/** Lets a row be dragged while it waits, and with it the other selected ones that wait. Returns how to stop. */
export function dragRow(element: HTMLElement, id: string): () => void {
  return draggable({
    element,
    canDrag: () => renderable([id]).length > 0 && useUi.getState().query.sort === null,
    getInitialData: () => ({ kind: SHOTS, ids: draggedWith(id) }),
    onGenerateDragPreview: dragPreview(() => previewText(draggedWith(id))),
  });
}

/** What is told while rows are dragged over the table: before which index they would go; `null`: nowhere. */
export type DropListener = (index: number | null) => void;

/**
 * Takes dropped rows. Returns how to stop.
 * @param grid what scrolls
 * @param rows what holds all rows, also those that are out of sight
 * @param shotAt the index of the shot that stands at a height, in pixels from the top of all rows
 */
export function takeRows(
  grid: HTMLElement,
  rows: HTMLElement,
  shotAt: (y: number) => number,
  over: DropListener,
): () => void {
  const indexAt = (y: number) => shotAt(y - rows.getBoundingClientRect().top);
  return combine(
    dropTargetForElements({
      element: grid,
      canDrop: ({ source }) => source.data.kind === SHOTS,
      onDrag: ({ location }) => over(indexAt(location.current.input.clientY)),
      onDragLeave: () => over(null),
      onDrop: ({ source, location }) => {
        over(null);
        const ids = source.data.ids as readonly string[];
        void dropJobs(ids, indexAt(location.current.input.clientY));
      },
    }),
    autoScrollForElements({ element: grid, canScroll: ({ source }) => source.data.kind === SHOTS }),
  );
}

/** The selected rows if the dragged one is among them, else this one alone; only those that wait. */
function draggedWith(id: string): readonly string[] {
  const { ids } = useUi.getState().selection;
  return renderable(ids.has(id) ? ids : [id]);
}

function previewText(ids: readonly string[]): string {
  if (ids.length !== 1) return counted(ids.length, 'shot');
  return useBatch.getState().mirror?.rows.get(ids[0] ?? '')?.name ?? '';
}
