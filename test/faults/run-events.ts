import type { RunEvent } from '../../shared/events.ts';
import type { Watched } from '../engine/rig.ts';

/** What was told of the run as a whole, of one kind. */
export function runEvents({ signals }: Watched, type: RunEvent['type']): readonly RunEvent[] {
  return signals.flatMap((signal) =>
    signal.type === 'event' && signal.job === null && signal.event.type === type
      ? [signal.event]
      : [],
  );
}
