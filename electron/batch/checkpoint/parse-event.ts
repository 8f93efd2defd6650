import type { BatchEvent } from '../../../shared/events.ts';
import { batchEvent } from './event-schema.ts';

/** Throws a sentence if a line, its seal taken off, is not an event. */
export function parseEvent(line: string): BatchEvent {
  const parsed = batchEvent.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the line';
  throw new Error(`It is not an event that this version knows: ${place}: ${issue?.message}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not readable as JSON.');
  }
}
