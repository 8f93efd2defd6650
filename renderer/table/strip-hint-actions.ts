import { currentView } from '../actions/batch-actions.ts';
import { ask } from '../api.ts';
import { stripCellText } from '../text/frame-text.ts';
import { cellAt, type StripPlace, useStripHint } from './strip-hint.ts';

/** The pointer is on the strip of a shot, so many pixels from the left of the window. */
export function pointAtStrip(jobId: string, cells: number, strip: DOMRect, x: number): void {
  const cell = cellAt(x, strip.left, strip.width, cells);
  const { pointed } = useStripHint.getState();
  if (pointed?.jobId === jobId && pointed.cell === cell && pointed.box.top === strip.top) return;
  const width = strip.width / cells;
  const { top, height } = strip;
  const box = { left: strip.left + cell * width, top, width, height };
  useStripHint.setState({ pointed: { jobId, cell, box } });
}

/** The pointer has left it, or it has moved away below the pointer. */
export function leaveStrip(): void {
  useStripHint.setState({ pointed: null, told: null });
}

/** Asks what is behind a cell and tells it, if the pointer is still there. A refusal is not worth a word. */
export async function tellStripCell(place: StripPlace): Promise<void> {
  const view = currentView();
  if (!view) return;
  const { jobId, cell } = place;
  const answer = await ask('job:strip-cell', { batchId: view.id, jobId, cell });
  if (!answer.ok || !answer.value || useStripHint.getState().pointed !== place) return;
  useStripHint.setState({ told: { ...place, text: stripCellText(answer.value) } });
}
