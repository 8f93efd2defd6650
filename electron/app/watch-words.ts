import { printable } from '../../shared/printable.ts';

/** Said when shots have come into a watched folder: `New in the folder: hero and lamp.` */
export function newShotsText(names: readonly string[]): string {
  const [first = '', second = ''] = names.map(printable);
  if (names.length === 1) return `New in the folder: ${first}.`;
  if (names.length === 2) return `New in the folder: ${first} and ${second}.`;
  return `New in the folder: ${first} and ${names.length - 1} more shots.`;
}
