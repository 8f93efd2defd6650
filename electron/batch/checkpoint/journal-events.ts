import type { BatchEvent } from '../../../shared/events.ts';
import { isHeader } from './journal-header.ts';
import { isSealed, unsealed } from './journal-line.ts';
import { parseEvent } from './parse-event.ts';
import { quickEvent } from './quick-event.ts';
import { readJournal } from './read-journal.ts';

/**
 * Tells every event of a journal in its order, for what is only to be shown: lines that can't be used are passed
 * over. Safe beside a process that writes it. Throws what the file system says.
 */
export async function readEvents(
  file: string,
  onEvent: (event: BatchEvent) => void,
): Promise<void> {
  await readJournal(file, (text, bytes, start, end) => {
    const event = eventOf(text, bytes, start, end);
    if (event) onEvent(event);
  });
}

function eventOf(text: string, bytes: Buffer, start: number, end: number): BatchEvent | null {
  try {
    const hasSeal = isSealed(bytes, start, end);
    if (isHeader(text)) return null;
    return quickEvent(text) ?? parseEvent(hasSeal ? unsealed(text) : text);
  } catch {
    return null;
  }
}
