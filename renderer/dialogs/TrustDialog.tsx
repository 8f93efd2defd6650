import { useRef } from 'react';
import type { PlannedTimes } from '../../shared/schedule.ts';
import { answerTrust } from '../actions/batch-actions.ts';
import { planNight } from '../actions/schedule-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useView } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { homePath } from '../text/paths.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import './TrustDialog.css';

interface TrustDialogProps {
  readonly thenRender: boolean;
  readonly only: readonly string[] | undefined;
  readonly thenPlan: PlannedTimes | null;
}

/** Asked once a folder: may its Python run on this computer? */
export function TrustDialog({ thenRender, only, thenPlan }: TrustDialogProps) {
  const view = useView();
  const home = useLibrary((state) => state.info?.homeDirectory);
  const safe = useRef<HTMLButtonElement>(null);
  const answer = async (trusted: boolean) => {
    closeDialog();
    await answerTrust(trusted, thenRender, only);
    if (thenPlan) await planNight(thenPlan);
  };
  return (
    <Modal
      title="Trust this folder?"
      text="Shots of this folder want to run Python, or to write outside of it and of the output folder. A script can do anything that you can do on this computer: read, change and delete files, and use the network."
      focus={safe}
      onClose={closeDialog}
      actions={
        <>
          <Button ref={safe} onClick={() => void answer(false)}>
            Don’t run scripts
          </Button>
          <Button look="primary" onClick={() => void answer(true)}>
            Trust and run scripts
          </Button>
        </>
      }
    >
      <p className="trust-folder quoted selectable">{view && homePath(view.folder, home)}</p>
      <p className="trust-words muted">
        Trust it if you or your studio made these files. Without it, shots that need it fail with a
        reason, and all others render. You can change your mind later.
      </p>
    </Modal>
  );
}
