import {
  createContext,
  type RefObject,
  useContext,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react';
import { COLUMNS, type Column, type ColumnLayout, layoutOf } from '../store/columns.ts';
import { useUi } from '../store/ui-store.ts';

/** The columns that the table shows now, from left to right. */
export const ShownColumns = createContext<readonly Column[]>(COLUMNS);

export function useShownColumns(): readonly Column[] {
  return useContext(ShownColumns);
}

/** The columns that there is room for in the table, and that the artist wants. */
export function useColumnLayout(table: RefObject<HTMLElement | null>): ColumnLayout {
  const hidden = useUi((state) => state.hidden);
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const element = table.current;
    if (!element) return;
    // Before the first picture: columns that come and go on the screen would be a jump.
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [table]);
  const { columns, template } = useMemo(() => layoutOf(hidden, width), [hidden, width]);
  const kept = columns.join(' ');
  // A window that is dragged wider draws the rows anew only where their columns change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `kept` says which columns there are
  return useMemo(() => ({ columns, template }), [kept, template]);
}
