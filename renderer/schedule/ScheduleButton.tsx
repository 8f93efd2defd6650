import { Clock } from 'lucide-react';
import { type FormEvent, type ReactElement, type ReactNode, useId, useState } from 'react';
import {
  clockText,
  type Moments,
  type PlannedTimes,
  parseTimeOfDay,
  type WhenDone,
} from '../../shared/schedule.ts';
import type { Tonight } from '../../shared/tonight.ts';
import type { BatchView } from '../../shared/view.ts';
import { planNight, removeSchedule } from '../actions/schedule-actions.ts';
import { chooseWhenDone } from '../actions/settings-actions.ts';
import { useLibrary, useSchedule } from '../store/library-store.ts';
import { counted } from '../text/format.ts';
import { WHEN_DONE_SHORT } from '../text/power-text.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { useNow } from '../ui/use-now.ts';
import { planText, scheduleText, turnText } from './schedule-text.ts';
import './ScheduleButton.css';
import { Popover as Base } from '@base-ui/react/popover';
import { useShallow } from 'zustand/react/shallow';

/** When the batch starts by itself, and from when on it starts no new frames. */
export function ScheduleButton({ view }: { readonly view: BatchView }) {
  const [open, setOpen] = useState(false);
  const schedule = useSchedule(view.id);
  return (
    <Popover
      title="Schedule"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button
          className="schedule-button"
          aria-label="Schedule…"
          title="Schedule…"
          data-planned={schedule ? '' : undefined}
        >
          <Clock size={15} aria-hidden="true" />
        </Button>
      }
    >
      <Form view={view} schedule={schedule} onClose={() => setOpen(false)} />
    </Popover>
  );
}

interface FormProps {
  readonly view: BatchView;
  readonly schedule: Moments | null;
  readonly onClose: () => void;
}

function Form({ view, schedule, onClose }: FormProps) {
  const runs = ['running', 'pausing', 'paused'].includes(view.phase);
  // As typed: 23:00, and 23 too.
  const [startAt, setStartAt] = useState(() => timeOf(schedule?.startAt));
  const [until, setUntil] = useState(() => timeOf(schedule?.until));
  const before = useLibrary((state) => state.settings?.whenDone ?? null);
  const [whenDone, setWhenDone] = useState(before);
  const others = useLibrary(({ tonight }) => othersOf(tonight, view.id));
  const now = useNow(true);
  const times = { startAt: runs ? null : parseTimeOfDay(startAt), until: parseTimeOfDay(until) };
  const valid = isTime(until) && (runs || isTime(startAt));
  const planned = times.startAt !== null || times.until !== null;
  const otherwise = whenDone !== null && whenDone !== before;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!valid || !(planned || otherwise)) return;
    onClose();
    if (otherwise) void chooseWhenDone(whenDone);
    if (planned) void planNight(times);
  };
  return (
    <form className="schedule-form" onSubmit={submit}>
      {!runs && <Time label="Start at" example="23:00" value={startAt} onChange={setStartAt} />}
      <Time label="Until" example="08:00" value={until} onChange={setUntil} />
      {whenDone && <When value={whenDone} onChange={setWhenDone} />}
      <p className="schedule-sum">
        {sumText(times, runs, valid, now)}
        {others > 0 && ` All of tonight: ${counted(others + 1, 'batch', 'batches')}.`}
        {otherwise && ' “When done” counts for every night.'}
      </p>
      <div className="schedule-acts">
        {schedule && (
          <Button
            look="quiet"
            onClick={() => {
              onClose();
              void removeSchedule();
            }}
          >
            Remove schedule
          </Button>
        )}
        <Button type="submit" disabled={!(planned || otherwise) || !valid}>
          {planned ? submitText(runs, times.startAt, schedule) : 'Set'}
        </Button>
      </div>
    </form>
  );
}

/** How many other batches the times count for, too. */
function othersOf({ batches }: Tonight, batchId: string): number {
  return batches.filter(({ id, state }) => id !== batchId && state !== 'passed-over').length;
}

function sumText(times: PlannedTimes, runs: boolean, valid: boolean, now: number): string {
  if (!valid) return 'Times of the day are written such as 23:00.';
  if (times.startAt === null && times.until === null) {
    return runs
      ? 'After that time no new frames are started.'
      : 'Empty: it starts at once, or renders to the end.';
  }
  const rest = times.until === null ? '' : ' Frames that are rendering then are finished.';
  return planText(times, runs, now) + rest;
}

function isTime(text: string): boolean {
  return text.trim() === '' || parseTimeOfDay(text) !== null;
}

function submitText(runs: boolean, startAt: string | null, schedule: Moments | null): string {
  if (schedule) return 'Change';
  if (runs) return 'Set';
  return startAt === null ? 'Render until then' : 'Schedule';
}

interface TimeProps {
  readonly label: string;
  readonly example: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Time({ label, example, value, onChange }: TimeProps) {
  const id = useId();
  return (
    <div className="schedule-time">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        placeholder={example}
        autoComplete="off"
        aria-invalid={!isTime(value)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

interface WhenProps {
  readonly value: WhenDone;
  readonly onChange: (value: WhenDone) => void;
}

/** The setting of the same name, here where the night is planned. */
function When({ value, onChange }: WhenProps) {
  const id = useId();
  return (
    <div className="schedule-time">
      <label htmlFor={id}>When done</label>
      <Choice id={id} value={value} among={WHEN_DONE_SHORT} onChange={onChange} />
    </div>
  );
}

function timeOf(at: number | null | undefined): string {
  return typeof at === 'number' ? clockText(at) : '';
}

interface PopoverProps {
  readonly title: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}

/** A small form beside its button. Escape or a click elsewhere closes it without a change. */
function Popover({ title, open, onOpenChange, trigger, children }: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="menu-place" align="end" sideOffset={6}>
          <Base.Popup className="popover floating">
            <Base.Title className="popover-title">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** `Starts at 23:00 in 1 h 20 m`, `Until 08:00`, `Tonight, after film`; nothing where nothing is planned. */
export function ScheduleLine({ view }: { readonly view: BatchView }) {
  const schedule = useSchedule(view.id);
  const now = useNow(schedule !== null);
  const turn = useLibrary(useShallow(({ tonight }) => turnText(tonight, view.id)));
  const words = (schedule && scheduleText(schedule, view, now)) ?? turn;
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
