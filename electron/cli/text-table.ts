import stringWidth from 'string-width';

/** Columns for a terminal, two spaces apart; the last one is not padded. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) =>
    all.reduce((most, row) => Math.max(most, stringWidth(row[column] ?? '')), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
