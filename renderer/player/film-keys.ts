import type { KeyboardEvent } from 'react';
import { type Film, filmKey } from './frame-actions.ts';

/** The keys of the player. Space on a button is that button's own. */
export function onFilmKey(event: KeyboardEvent, film: Film): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
  if (filmKey(film, event.key)) event.preventDefault();
}
