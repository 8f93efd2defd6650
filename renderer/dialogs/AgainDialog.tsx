import { type FormEvent, useId, useRef, useState } from 'react';
import { parseFrames } from '../../shared/frames.ts';
import { isolated } from '../../shared/safe-text.ts';
import { renderAgain } from '../actions/job-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import './AgainDialog.css';

interface AgainProps {
  readonly jobIds: readonly string[];
  /** What stands in the field at first. */
  readonly frames: string;
}

/** Which frames of these shots are rendered again: typed as in a shot file, or all of them. */
export function AgainDialog({ jobIds, frames }: AgainProps) {
  const row = useBatch((state) => state.mirror?.rows.get(jobIds[0] ?? ''));
  const [text, setText] = useState(frames);
  const [field, form, hint] = [useRef<HTMLInputElement>(null), useId(), useId()];
  const one = jobIds.length === 1;
  const typed = text.trim();
  const parsed = typed === '' ? null : parseFrames(typed);
  const wrong = parsed?.ok === false ? parsed.message : null;
  const all = one && row?.frames ? `All: ${row.frames}` : 'All frames';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong !== null) return;
    closeDialog();
    void renderAgain(jobIds, typed === '' ? null : typed);
  };
  return (
    <Modal
      title={`Render ${one && row ? isolated(row.name) : counted(jobIds.length, 'shot')} again`}
      text="Each picture stays in its place until the new one is whole. The picture from before is then kept beside the frames, in .nightshift-aside."
      focus={field}
      onClose={closeDialog}
      actions={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={wrong !== null}>
            Render again
          </Button>
        </>
      }
    >
      <form id={form} className="again-form" onSubmit={submit}>
        <label>
          <span>Frames</span>
          <input
            ref={field}
            type="text"
            className="input"
            value={text}
            placeholder={all}
            spellCheck={false}
            aria-describedby={hint}
            aria-invalid={wrong !== null}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <p id={hint} className={wrong === null ? 'again-hint' : 'again-hint wrong'}>
          {wrong ?? 'Such as 30-40, 77. Leave it empty for all frames.'}
        </p>
      </form>
    </Modal>
  );
}
