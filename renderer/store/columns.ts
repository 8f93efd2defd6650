/** The columns of the job table, from left to right. */
export const COLUMNS = [
  'status',
  'newest',
  'name',
  'frames',
  'engine',
  'elapsed',
  'average',
  'left',
  'tries',
] as const;
export type Column = (typeof COLUMNS)[number];

export const COLUMN_WORDS: Readonly<Record<Column, string>> = {
  status: 'Status',
  newest: 'Newest',
  name: 'Shot',
  frames: 'Frames',
  engine: 'Engine',
  elapsed: 'Elapsed',
  average: 'A frame',
  left: 'Left',
  tries: 'Tries',
};

/** Pixels of each column at three densities; the name takes what is left, and never less than its own. */
const WIDTHS: readonly Readonly<Record<Column, number>>[] = [
  {
    status: 100,
    newest: 72,
    name: 180,
    frames: 187,
    engine: 76,
    elapsed: 76,
    average: 66,
    left: 66,
    tries: 36,
  },
  {
    status: 96,
    newest: 72,
    name: 160,
    frames: 168,
    engine: 68,
    elapsed: 72,
    average: 62,
    left: 62,
    tries: 36,
  },
  {
    status: 84,
    newest: 72,
    name: 140,
    frames: 118,
    engine: 64,
    elapsed: 64,
    average: 58,
    left: 56,
    tries: 34,
  },
];
/** Pixels more than its least after which the name shares what is left with the strip of the frames. */
const NAMES = 320;
/** Its share: the eye finds the strip beside its name, and each frame in it. */
const TO_FRAMES = 0.7;
const GAP = 12;
const PADDING = 20;
/** What is left out first where there is no room. */
const DISPENSABLE: readonly Column[] = [
  ...(['tries', 'engine', 'newest', 'elapsed', 'average'] as const),
  ...(['left', 'frames', 'status'] as const),
];

export interface ColumnLayout {
  readonly columns: readonly Column[];
  /** For `grid-template-columns`. */
  readonly template: string;
}

/**
 * The columns that fit into a width, as roomy as it allows. Nothing is left out that a tighter setting has room for.
 * @param hidden what the artist doesn't want to see
 * @param width pixels of a row
 */
export function layoutOf(hidden: ReadonlySet<Column>, width: number): ColumnLayout {
  let columns = COLUMNS.filter((column) => !hidden.has(column));
  const fitting = () => WIDTHS.find((widths) => needed(columns, widths) <= width);
  for (const column of DISPENSABLE) {
    if (fitting()) break;
    columns = columns.filter((each) => each !== column);
  }
  const widths = fitting() ?? WIDTHS.at(-1);
  const spare = widths ? width - needed(columns, widths) - NAMES : 0;
  const sizes = columns.map((each) => {
    // Never wider than the row: a name is cut then.
    if (each === 'name') return 'minmax(0, 1fr)';
    const more = each === 'frames' ? Math.max(0, Math.round(spare * TO_FRAMES)) : 0;
    return `${(widths?.[each] ?? 0) + more}px`;
  });
  return { columns, template: sizes.join(' ') };
}

/** Which columns are hidden, as it was kept; what it doesn't know, and the name, is shown. */
export function hiddenFrom(kept: string | null): ReadonlySet<Column> {
  const names = new Set((kept ?? '').split(' '));
  return new Set(COLUMNS.filter((column) => column !== 'name' && names.has(column)));
}

function needed(columns: readonly Column[], widths: Readonly<Record<Column, number>>): number {
  const sum = columns.reduce((total, column) => total + widths[column], 0);
  return sum + (columns.length - 1) * GAP + 2 * PADDING;
}
