import { assertNever } from '../../shared/assert-never.ts';
import { isolated } from '../../shared/safe-text.ts';
import { cancelBatch, startAgain } from '../actions/batch-actions.ts';
import { cancelJobs } from '../actions/job-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { PreviewDialog } from '../player/PreviewDialog.tsx';
import { SettingsDialog } from '../settings/SettingsDialog.tsx';
import { forgetBatch } from '../sidebar/history-actions.ts';
import { useBatch, useView } from '../store/batch-store.ts';
import { useUi } from '../store/ui-store.ts';
import { counted } from '../text/format.ts';
import { Ask } from './Ask.tsx';
import { BlenderDialog } from './BlenderDialog.tsx';
import { OtherBlenderDialog } from './OtherBlenderDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { TrustDialog } from './TrustDialog.tsx';

/** The one question that is open, if any. */
export function Dialogs() {
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
      return (
        <Ask
          title="Cancel the batch?"
          text="The frames that are rendering now are lost. Everything finished stays on disk, and the batch can be resumed."
          yes="Cancel batch"
          no="Keep rendering"
          onYes={() => void cancelBatch()}
        />
      );
    case 'cancel-jobs':
      return <CancelJobs jobIds={dialog.jobIds} />;
    case 'start-again':
      return <StartAgain />;
    case 'preview':
      return <PreviewDialog jobId={dialog.jobId} />;
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
    case 'blender':
      return <BlenderDialog jobIds={dialog.jobIds} />;
    case 'other-blender':
      return <OtherBlenderDialog shots={dialog.shots} wish={dialog.wish} />;
    case 'settings':
      return <SettingsDialog />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={closeDialog} />;
    default:
      return assertNever(dialog);
  }
}

function CancelJobs({ jobIds }: { readonly jobIds: readonly string[] }) {
  const name = useBatch((state) => state.mirror?.rows.get(jobIds[0] ?? '')?.name ?? 'the shot');
  const one = jobIds.length === 1;
  return (
    <Ask
      title={one ? `Cancel ${isolated(name)}?` : `Cancel ${counted(jobIds.length, 'shot')}?`}
      text="Frames that are finished stay on disk, and Retry takes up what is left."
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
