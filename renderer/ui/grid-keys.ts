/** How a sheet of pictures is laid out. */
export interface SheetShape {
  readonly count: number;
  readonly columns: number;
  /** Rows that fit on the screen. */
  readonly page: number;
}

/** The place in a sheet that a key moves to, from 0; `null` for other keys and where nothing is. */
export function sheetTarget(key: string, from: number, shape: SheetShape): number | null {
  const { count, columns, page } = shape;
  const last = count - 1;
  if (last < 0) return null;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowUp':
      return up(from, columns, columns);
    case 'ArrowDown':
      return down(from, columns, shape);
    case 'PageUp':
      return up(from, page * columns, columns);
    case 'PageDown':
      return down(from, page * columns, shape);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The place in a row of pictures that a key steps to, from 0; `null` for other keys. */
export function stepTarget(key: string, from: number, count: number): number | null {
  const sideways = ['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key);
  return sideways ? sheetTarget(key, from, { count, columns: 1, page: 1 }) : null;
}

/** Never out of the column. */
function up(from: number, by: number, columns: number): number {
  return from >= by ? from - by : from % columns;
}

/** From the last but one row to the end of a last row that is too short to have this column. */
function down(from: number, by: number, { count, columns }: SheetShape): number {
  const lastRow = Math.floor((count - 1) / columns);
  const row = Math.min(lastRow, Math.floor((from + by) / columns));
  return Math.min(count - 1, row * columns + (from % columns));
}
