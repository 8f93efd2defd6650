import { useEffect, useRef } from 'react';
import { isolated } from '../../shared/safe-text.ts';
import { answerFramesTo } from '../actions/batch-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useView } from '../store/batch-store.ts';
import { counted } from '../text/format.ts';
import { Answer, Answers } from '../ui/Answer.tsx';
import { Modal } from '../ui/Modal.tsx';

/** Frames go to another folder than when this batch was begun: asked once, so that a folder never has two batches unasked. */
export function FramesToDialog() {
  const view = useView();
  const keep = useRef<HTMLButtonElement>(null);
  const isAsked = view?.goesTo !== undefined;
  // It was answered elsewhere, or another batch is shown.
  useEffect(() => {
    if (!isAsked) closeDialog();
  }, [isAsked]);
  if (!view?.goesTo) return null;
  const { name, outputRoot, goesTo, progress } = view;
  const done = counted(progress.frames.done, 'frame');
  return (
    <Modal
      wide
      title={`What becomes of the frames of ${isolated(name)}?`}
      text={`${done} of it ${progress.frames.done === 1 ? 'is' : 'are'} in ${isolated(outputRoot)}. By your settings frames go to ${isolated(goesTo)} now.`}
      focus={keep}
      onClose={() => void answerFramesTo('keep')}
      actions={null}
    >
      <Answers>
        <Answer
          ref={keep}
          title="Keep them together where they are"
          what="This batch goes on in its old folder. Others go to the new one."
          onPick={() => void answerFramesTo('keep')}
        />
        <Answer
          title="Move them to the new folder"
          what="Everything that is done stays done, and what is left is rendered there."
          onPick={() => void answerFramesTo('move')}
        />
        <Answer
          title="Render all of it anew into the new folder"
          what="The frames that are there stay on disk, and Nightshift forgets them."
          onPick={() => void answerFramesTo('anew')}
        />
      </Answers>
    </Modal>
  );
}
