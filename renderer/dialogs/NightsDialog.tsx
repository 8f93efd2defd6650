import { useRef } from 'react';
import { assertNever } from '../../shared/assert-never.ts';
import type { KeptNight } from '../../shared/night-record.ts';
import { isolated } from '../../shared/safe-text.ts';
import { clockText } from '../../shared/schedule.ts';
import { locate } from '../actions/batch-actions.ts';
import { askOrNotify, closeDialog, openDialog } from '../actions/ui-actions.ts';
import { clockWithDay, counted, duration } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import './NightsDialog.css';

interface NightsDialogProps {
  readonly batchId: string;
  /** Of the batch. */
  readonly name: string;
  /** Where its folder was, which is not there any more; `null`: it is there. */
  readonly goneFrom: string | null;
}

/** Every night of a batch with its numbers and its report; the batch's folder need not be there. */
export function NightsDialog({ batchId, name, goneFrom }: NightsDialogProps) {
  const first = useRef<HTMLButtonElement>(null);
  const nights = useAnswer(
    batchId,
    async (id) => (await askOrNotify('nights:list', { batchId: id })) ?? null,
  );
  const show = (night: string, what: 'report' | 'logs') =>
    void askOrNotify('nights:open', { batchId, night, what });
  const title =
    goneFrom === null ? `Nights of ${isolated(name)}` : `The folder of ${isolated(name)} is gone`;
  return (
    <Modal
      wide
      title={title}
      {...(goneFrom !== null && { text: goneText(goneFrom) })}
      focus={first}
      onClose={closeDialog}
      actions={
        goneFrom === null ? (
          <Button ref={first} onClick={closeDialog}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={() => openDialog({ kind: 'forget-batch', batchId, name })}>
              Remove from history…
            </Button>
            <Button onClick={closeDialog}>Close</Button>
            <Button ref={first} look="primary" onClick={() => void locate(batchId)}>
              Locate…
            </Button>
          </>
        )
      }
    >
      {nights && nights.length === 0 && <p className="muted">No night of it is kept.</p>}
      {nights && nights.length > 0 && (
        <ul className="nights quoted" aria-label="Nights">
          {nights.map((night) => (
            <li key={night.id}>
              <span className="night-when">{whenText(night, Date.now())}</span>
              <span className="night-what muted">{whatText(night)}</span>
              <Button
                look="quiet"
                aria-label={`Report of ${whenText(night, Date.now())}`}
                onClick={() => show(night.id, 'report')}
              >
                Report
              </Button>
              {night.hasLogs && (
                <Button
                  look="quiet"
                  aria-label={`Logs of ${whenText(night, Date.now())}`}
                  onClick={() => show(night.id, 'logs')}
                >
                  Logs
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Modal>
  );
}

function goneText(folder: string): string {
  return `${isolated(folder)} is not there any more. If it was moved or renamed, show where it is now: everything that is done stays done. If its disk is not connected, connect it and open the batch again.`;
}

/** When a night was: `Sat 23:04–06:12`. */
function whenText({ startedAt, finishedAt }: KeptNight, now: number): string {
  const began = clockWithDay(startedAt, now);
  if (finishedAt === null) return began;
  // A night of less than a minute would end when it begins.
  return clockText(startedAt) === clockText(finishedAt)
    ? began
    : `${began}–${clockText(finishedAt)}`;
}

/** What came of it: `Done · 212 frames in 6 h 20 m`. */
function whatText({ outcome, shots, frames, seconds }: KeptNight): string {
  const rendered = `${counted(frames.rendered, 'frame')} in ${duration(seconds)}`;
  return `${outcomeText(outcome, shots.failed)} · ${rendered}`;
}

function outcomeText(outcome: KeptNight['outcome'], failed: number): string {
  switch (outcome) {
    case 'completed':
      return 'Done';
    case 'partial':
      return 'Some shots done';
    case 'failed':
      return `${counted(failed, 'shot')} failed`;
    case 'cancelled':
      return 'Cancelled';
    case 'interrupted':
      return 'Broke off';
    default:
      return assertNever(outcome);
  }
}
