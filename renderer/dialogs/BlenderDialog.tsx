import { useEffect, useId, useState } from 'react';
import { isolated } from '../../shared/safe-text.ts';
import type { ShotBlender } from '../../shared/shot-blender.ts';
import { blenderOf, chooseBlenderOf } from '../actions/blender-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { blenderPicks, pickedNow } from '../text/blender-text.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import './BlenderDialog.css';

/** Which Blender renders these shots: whichever fits each of them, or one for all of them. */
export function BlenderDialog({ jobIds }: { readonly jobIds: readonly string[] }) {
  const name = useBatch((state) => state.mirror?.rows.get(jobIds[0] ?? '')?.name ?? 'the shot');
  const one = jobIds.length === 1;
  const found = useLibrary((state) => state.blenders?.found ?? null);
  const shot = useShotBlender(one ? (jobIds[0] ?? null) : null);
  const [picked, setPicked] = useState<string | null | undefined>(undefined);
  // Until the artist picks one, what the shot has now; of several nobody says that they have the same.
  const now = picked === undefined ? pickedNow(shot, found) : picked;
  const group = useId();
  const save = async () => {
    if (now === undefined) return;
    closeDialog();
    await chooseBlenderOf(jobIds, now);
  };
  return (
    <Modal
      title={`Blender of ${one ? isolated(name) : counted(jobIds.length, 'shot')}`}
      text="It counts from the next time that a shot is opened. What failed for want of a Blender is then taken up by Retry."
      onClose={closeDialog}
      actions={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button look="primary" disabled={now === undefined} onClick={() => void save()}>
            Choose
          </Button>
        </>
      }
    >
      <fieldset className="blender-choices">
        <legend className="visually-hidden">Blender</legend>
        {blenderPicks(shot, one, found).map(({ version, title, aside }) => (
          <Pick
            key={version ?? ''}
            name={group}
            title={title}
            aside={aside}
            picked={now === version}
            onPick={() => setPicked(version)}
          />
        ))}
      </fieldset>
    </Modal>
  );
}

interface PickProps {
  readonly name: string;
  readonly title: string;
  readonly aside: string;
  readonly picked: boolean;
  readonly onPick: () => void;
}

function Pick({ name, title, aside, picked, onPick }: PickProps) {
  return (
    <label className="blender-choice">
      <input type="radio" name={name} checked={picked} onChange={onPick} />
      <span>{title}</span>
      <span className="blender-aside">{aside}</span>
    </label>
  );
}

/** `null`: not known yet, or of no one shot. */
export function useShotBlender(jobId: string | null, anew: unknown = null): ShotBlender | null {
  const [known, setKnown] = useState<{ id: string; blender: ShotBlender } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `anew` is what may have changed the answer
  useEffect(() => {
    let wanted = true;
    if (jobId !== null) {
      void blenderOf(jobId).then((blender) => {
        if (wanted && blender) setKnown({ id: jobId, blender });
      });
    }
    return () => {
      wanted = false;
    };
  }, [jobId, anew]);
  return known?.id === jobId ? known.blender : null;
}
