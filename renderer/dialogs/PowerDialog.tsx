import { useRef } from 'react';
import { isolated } from '../../shared/safe-text.ts';
import { keepOn } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { powerQuestion } from '../text/power-text.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useNow } from '../ui/use-now.ts';

/** The last minute before the computer goes to sleep or shuts down. Escape keeps it on too. */
export function PowerDialog() {
  const countdown = useLibrary((state) => state.countdown);
  const stay = useRef<HTMLButtonElement>(null);
  const now = useNow(countdown !== null);
  if (!countdown) return null;
  const { batchName, act } = countdown;
  return (
    <Modal
      title={`${isolated(batchName)} is done`}
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
