import { useRef } from 'react';
import type { LeftOutReason } from '../../shared/shot.ts';
import type { LeftOutView } from '../../shared/view.ts';
import { leaveOutByRule, leftOutOf, takeAllIn, takeIn } from '../actions/job-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useBatch, useView } from '../store/batch-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { count, counted } from '../text/format.ts';
import { whyLeftOut } from '../text/left-out-text.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Name } from '../ui/Name.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import './LeftOutDialog.css';

/** More than these of a kind nobody reads; all of them go by one button. */
const LISTED = 100;

interface Kind {
  readonly title: string;
  readonly act: string;
  readonly reasons: readonly LeftOutReason[];
}

const KINDS: readonly Kind[] = [
  { title: 'Older versions', act: 'Take all versions in', reasons: ['older-version'] },
  { title: 'Backups', act: 'Take backups in', reasons: ['backup', 'autosave'] },
  { title: 'Left out by hand', act: 'Take all in again', reasons: ['by-hand'] },
];

/** What the folder holds that is not in the batch, and how it gets in. */
export function LeftOutDialog() {
  const view = useView();
  const shown = useBatch((state) => state.shown);
  const found = useAnswer(view?.id ?? null, leftOutOf, shown);
  const close = useRef<HTMLButtonElement>(null);
  const busy = view === null || isAtWork(view);
  return (
    <Modal
      wide
      title="What is left out"
      text={
        busy
          ? 'The newest version of each shot is rendered, and no backups. While the batch renders nothing is changed here.'
          : 'The newest version of each shot is rendered, and no backups. What you choose here stays so for this folder.'
      }
      focus={close}
      onClose={closeDialog}
      actions={
        <Button ref={close} onClick={closeDialog}>
          Close
        </Button>
      }
    >
      {found && <Found found={found} busy={busy} />}
    </Modal>
  );
}

function Found({ found, busy }: { readonly found: LeftOutView; readonly busy: boolean }) {
  const { shots, takenIn, blendBackups } = found;
  return (
    <div className="left-out">
      {KINDS.map((kind) => (
        <Shots
          key={kind.title}
          kind={kind}
          shots={shots.filter(({ reason }) => kind.reasons.includes(reason))}
          busy={busy}
        />
      ))}
      {takenIn.length > 0 && (
        <section aria-label="Taken in">
          <div className="left-out-head">
            <h3>Taken in all the same</h3>
            <Button small disabled={busy} onClick={() => void leaveOutByRule()}>
              Leave them out again
            </Button>
          </div>
          <p className="muted left-out-names">{namesText(takenIn)}</p>
        </section>
      )}
      {shots.length + takenIn.length === 0 && (
        <p className="muted">Nothing is left out any more.</p>
      )}
      {blendBackups > 0 && (
        <p className="muted left-out-names">
          {counted(blendBackups, 'backup')} of Blender’s own (.blend1) in this folder{' '}
          {blendBackups === 1 ? 'is never a shot' : 'are never shots'}.
        </p>
      )}
    </div>
  );
}

interface ShotsProps {
  readonly kind: Kind;
  readonly shots: LeftOutView['shots'];
  readonly busy: boolean;
}

function Shots({ kind: { title, act, reasons }, shots, busy }: ShotsProps) {
  if (shots.length === 0) return null;
  const again = reasons.includes('by-hand') ? 'Take in again' : 'Take in';
  return (
    <section aria-label={title}>
      <div className="left-out-head">
        <h3>
          {title} <span className="muted">{count(shots.length)}</span>
        </h3>
        <Button small disabled={busy} onClick={() => void takeAllIn(reasons)}>
          {act}
        </Button>
      </div>
      <ul className="left-out-list quoted">
        {shots.slice(0, LISTED).map((shot) => (
          <li key={shot.id}>
            <span className="left-out-shot">
              <Name>{shot.name}</Name>
              <span className="left-out-why muted">{whyText(shot)}</span>
            </span>
            <Button
              small
              look="quiet"
              disabled={busy}
              aria-label={`${again}: ${shot.name}`}
              onClick={() => void takeIn([shot.id])}
            >
              {again}
            </Button>
          </li>
        ))}
        {shots.length > LISTED && (
          <li className="muted">and {count(shots.length - LISTED)} more</li>
        )}
      </ul>
    </section>
  );
}

/** Why, and what was rendered of it, which stays. */
function whyText(shot: LeftOutView['shots'][number]): string {
  const { framesDone } = shot;
  const kept = framesDone > 0 ? `${counted(framesDone, 'frame')} of it done, kept on disk` : '';
  return [whyLeftOut(shot), kept].filter(Boolean).join(' · ');
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `${shown} and ${count(names.length - 12)} more` : shown;
}
