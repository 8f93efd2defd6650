import {
  draggable,
  dropTargetForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { dropInTonight } from '../actions/tonight-actions.ts';
import { dragPreview } from '../ui/drag-preview.ts';

const BATCH = 'batch-of-tonight';

/** Lets a batch that waits be dragged to another place of tonight. Returns how to stop. */
export function dragBatch(element: HTMLElement, id: string, name: string): () => void {
  return draggable({
    element,
    getInitialData: () => ({ kind: BATCH, id }),
    onGenerateDragPreview: dragPreview(() => name),
  });
}

/**
 * Takes dropped batches. Returns how to stop.
 * @param list what holds the entries; those that wait have `data-tonight`
 * @param over told before which of those that wait one would go; `null`: nowhere
 */
export function takeBatches(list: HTMLElement, over: (index: number | null) => void): () => void {
  return dropTargetForElements({
    element: list,
    canDrop: ({ source }) => source.data.kind === BATCH,
    onDrag: ({ location }) => over(indexAt(list, location.current.input.clientY)),
    onDragLeave: () => over(null),
    onDrop: ({ source, location }) => {
      over(null);
      const at = indexAt(list, location.current.input.clientY);
      void dropInTonight(String(source.data.id), at);
    },
  });
}

/** Before which of the entries that wait a height of the window is. */
function indexAt(list: HTMLElement, y: number): number {
  const entries = [...list.querySelectorAll('[data-tonight]')];
  const below = entries.findIndex((entry) => {
    const { top, height } = entry.getBoundingClientRect();
    return y < top + height / 2;
  });
  return below < 0 ? entries.length : below;
}
