import { createContext, useContext } from 'react';
import { COLUMNS, type Column } from '../store/columns.ts';

/** The columns that the table shows now, from left to right. */
export const ShownColumns = createContext<readonly Column[]>(COLUMNS);

export function useShownColumns(): readonly Column[] {
  return useContext(ShownColumns);
}
