import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/**
 * A Markdown table, padded so that its source reads well too. Cells are Markdown already and stand on
 * one line; a cell wider than `WIDEST` sticks out rather than making every row wide.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, column) =>
    rows.reduce((most, row) => {
      const width = stringWidth(row[column] ?? '');
      return width > WIDEST ? most : Math.max(most, width);
    }, stringWidth(title)),
  );
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ align }, at) => padded(cells[at] ?? '', widths[at] ?? 0, align)).join(' | ')} |`;
  const rule = columns.map(({ align }, at) => {
    const dashes = '-'.repeat(Math.max(3, widths[at] ?? 0) + 2);
    return align === 'right' ? `${dashes.slice(1)}:` : dashes;
  });
  return [line(columns.map(({ title }) => title)), `|${rule.join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

const WIDEST = 60;

function padded(cell: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, Math.max(3, width) - stringWidth(cell)));
  return align === 'right' ? space + cell : cell + space;
}
