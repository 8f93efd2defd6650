import { Clock } from 'lucide-react';
import type { BatchView } from '../../shared/view.ts';
import { useNow } from '../ui/use-now.ts';
import { useSchedule } from './schedule-store.ts';
import { scheduleText } from './schedule-text.ts';

/** `Starts at 23:00 in 1 h 20 m`, `Until 08:00`; nothing where nothing is planned. */
export function ScheduleLine({ view }: { readonly view: BatchView }) {
  const schedule = useSchedule(view.id);
  const now = useNow(schedule !== null);
  const words = schedule && scheduleText(schedule, view, now);
  if (!words) return null;
  const [before, time, after] = words;
  return (
    <p className="schedule-line">
      <Clock size={13} aria-hidden="true" />
      <span>
        {before}
        <b>{time}</b>
        {after}
      </span>
    </p>
  );
}
