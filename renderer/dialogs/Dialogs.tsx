import { useRef } from 'react';
import { assertNever } from '../../shared/assert-never.ts';
import { isolated } from '../../shared/safe-text.ts';
import { forgetBatch, startAgain } from '../actions/batch-actions.ts';
import { cancelJobs } from '../actions/job-actions.ts';
import { keepOn } from '../actions/settings-actions.ts';
import { stopNight } from '../actions/tonight-actions.ts';
import { askOfBatch, closeDialog } from '../actions/ui-actions.ts';
import { Viewer } from '../player/Viewer.tsx';
import { SettingsDialog } from '../settings/SettingsDialog.tsx';
import { useBatch, useView } from '../store/batch-store.ts';
import { lineOf, useLibrary } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import { counted } from '../text/format.ts';
import { powerQuestion } from '../text/power-text.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useNow } from '../ui/use-now.ts';
import { UpdatesDialog } from '../updates/UpdatesDialog.tsx';
import { AgainDialog } from './AgainDialog.tsx';
import { BlenderDialog } from './BlenderDialog.tsx';
import { FramesToDialog } from './FramesToDialog.tsx';
import { LeftOutDialog } from './LeftOutDialog.tsx';
import { NightsDialog } from './NightsDialog.tsx';
import { OtherBlenderDialog } from './OtherBlenderDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { TestPassDialog } from './TestPassDialog.tsx';
import { TrustDialog } from './TrustDialog.tsx';

/** The one question that is open, if any, and the last minute before the computer goes to sleep. */
export function Dialogs() {
  return (
    <>
      <Question />
      <PowerDialog />
    </>
  );
}

function Question() {
  const dialog = useUi((state) => state.dialog);
  if (!dialog) return null;
  switch (dialog.kind) {
    case 'trust':
      return (
        <TrustDialog
          thenRender={dialog.thenRender}
          only={dialog.only}
          thenPlan={dialog.thenPlan ?? null}
        />
      );
    case 'cancel-batch':
      return <CancelBatch />;
    case 'stop-night':
      return (
        <Ask
          title="Stop the night?"
          text="The frames that are rendering now are lost, and no other batch begins. Everything finished stays on disk, and the order of tonight is kept."
          yes="Stop the night"
          no="Keep rendering"
          onYes={() => void stopNight()}
        />
      );
    case 'cancel-jobs':
      return <CancelJobs jobIds={dialog.jobIds} />;
    case 'left-out':
      return <LeftOutDialog />;
    case 'start-again':
      return <StartAgain />;
    case 'again':
      return <AgainDialog jobIds={dialog.jobIds} frames={dialog.frames} />;
    case 'test-pass':
      return <TestPassDialog only={dialog.only} />;
    case 'preview':
      return <Viewer jobId={dialog.jobId} />;
    case 'forget-batch':
      return (
        <Ask
          title={`Remove ${isolated(dialog.name)} from the history?`}
          text="Nightshift forgets which of its frames are done and what its nights were like. Frames and shot files stay on disk; opened again, all of it would be rendered anew."
          yes="Remove"
          no="Keep"
          onYes={() => void forgetBatch(dialog.batchId, dialog.name)}
        />
      );
    case 'frames-to':
      return <FramesToDialog />;
    case 'nights':
      return (
        <NightsDialog batchId={dialog.batchId} name={dialog.name} goneFrom={dialog.goneFrom} />
      );
    case 'blender':
      return <BlenderDialog jobIds={dialog.jobIds} />;
    case 'other-blender':
      return <OtherBlenderDialog shots={dialog.shots} wish={dialog.wish} />;
    case 'settings':
      return <SettingsDialog />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={closeDialog} />;
    case 'updates':
      return <UpdatesDialog onClose={closeDialog} />;
    default:
      return assertNever(dialog);
  }
}

/** Where others wait for their turn, either this one is given up, or the night. */
function CancelBatch() {
  const id = useView()?.id;
  const next = useLibrary(({ tonight }) =>
    tonight.isOn && lineOf(tonight, id ?? '')?.state === 'running'
      ? (tonight.batches.find(({ state }) => state === 'waiting')?.name ?? null)
      : null,
  );
  const rest = next === null ? '' : ` Then ${isolated(next)} begins.`;
  return (
    <Ask
      title="Cancel the batch?"
      text={`The frames that are rendering now are lost. Everything finished stays on disk, and the batch can be resumed.${rest}`}
      yes="Cancel batch"
      no="Keep rendering"
      onYes={() => void askOfBatch('batch:cancel')}
      {...(next !== null && { other: 'Stop the night', onOther: () => void stopNight() })}
    />
  );
}

function CancelJobs({ jobIds }: { readonly jobIds: readonly string[] }) {
  const name = useBatch((state) => state.mirror?.rows.get(jobIds[0] ?? '')?.name ?? 'the shot');
  const one = jobIds.length === 1;
  return (
    <Ask
      title={one ? `Cancel ${isolated(name)}?` : `Cancel ${counted(jobIds.length, 'shot')}?`}
      text="Frames that are finished stay on disk, and “Retry” takes up what is left."
      yes={one ? 'Cancel shot' : 'Cancel shots'}
      no="Keep"
      onYes={() => void cancelJobs(jobIds)}
    />
  );
}

function StartAgain() {
  const name = useView()?.name ?? 'this batch';
  return (
    <Ask
      title="Start again from nothing?"
      text={`Nightshift forgets which frames of ${isolated(name)} are done. The pictures stay on disk until they are rendered over.`}
      yes="Start again"
      no="Keep what is done"
      onYes={() => void startAgain()}
    />
  );
}

interface AskProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  /** Another way to give up more. */
  readonly other?: string;
  readonly onOther?: () => void;
}

/** A question before something is given up. The harmless answer has the focus. */
function Ask({ title, text, yes, no, onYes, other, onOther = onYes }: AskProps) {
  const harmless = useRef<HTMLButtonElement>(null);
  const answer = (act: () => void) => () => {
    closeDialog();
    act();
  };
  return (
    <Modal
      title={title}
      text={text}
      focus={harmless}
      onClose={closeDialog}
      actions={
        <>
          <Button ref={harmless} onClick={closeDialog}>
            {no}
          </Button>
          {other && (
            <Button look="danger" onClick={answer(onOther)}>
              {other}
            </Button>
          )}
          <Button look="danger" onClick={answer(onYes)}>
            {yes}
          </Button>
        </>
      }
    />
  );
}

/** The last minute before the computer goes to sleep or shuts down. Escape keeps it on too. */
function PowerDialog() {
  const countdown = useLibrary((state) => state.countdown);
  const stay = useRef<HTMLButtonElement>(null);
  const now = useNow(countdown !== null);
  if (!countdown) return null;
  const { batchName, act } = countdown;
  return (
    <Modal
      title={batchName === null ? 'The night is done' : `${isolated(batchName)} is done`}
      text={powerQuestion(countdown, now)}
      focus={stay}
      onClose={() => void keepOn()}
      actions={
        <Button ref={stay} look="primary" onClick={() => void keepOn()}>
          {act === 'sleep' ? 'Stay awake' : 'Keep it on'}
        </Button>
      }
    />
  );
}
