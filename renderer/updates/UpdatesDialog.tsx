import { type ReactNode, useRef } from 'react';
import { type UpdateAct, type UpdateView, updateActs } from '../../shared/update.ts';
import {
  askForUpdates,
  copyInstallCommand,
  downloadUpdate,
  restartAndInstall,
  stopDownload,
} from '../actions/update-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { memory } from '../text/format.ts';
import { updateWords } from '../text/update-text.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import './UpdatesDialog.css';

/** What is known of newer versions, and what can be done about it now. */
export function UpdatesDialog({ onClose }: { readonly onClose: () => void }) {
  const view = useLibrary((state) => state.updates);
  return view && <Known view={view} onClose={onClose} />;
}

interface KnownProps {
  readonly view: UpdateView;
  readonly onClose: () => void;
}

function Known({ view, onClose }: KnownProps) {
  const close = useRef<HTMLButtonElement>(null);
  const { title, text } = updateWords(view, Date.now());
  const acts = updateActs(view);
  // Of what was found, to ask again would be one button too many.
  const shown = acts.includes('download') ? acts.filter((act) => act !== 'check') : acts;
  return (
    <Modal
      title={title}
      text={text}
      focus={close}
      onClose={onClose}
      actions={
        <>
          <p className="visually-hidden" role="status">
            {title}
          </p>
          <Button ref={close} onClick={onClose}>
            Close
          </Button>
          {shown.map((act) => (
            <Button key={act} {...ACTS[act]} />
          ))}
        </>
      }
    >
      {details(view)}
    </Modal>
  );
}

const ACTS: Readonly<
  Record<
    UpdateAct,
    Pick<Parameters<typeof Button>[0], 'look' | 'children'> & { readonly onClick: () => void }
  >
> = {
  check: { children: 'Check again', onClick: () => void askForUpdates() },
  download: { look: 'primary', children: 'Download', onClick: () => void downloadUpdate() },
  stop: { children: 'Stop', onClick: () => void stopDownload() },
  restart: {
    look: 'primary',
    children: 'Restart and install',
    onClick: () => void restartAndInstall(),
  },
};

function details({ state }: UpdateView): ReactNode {
  if (state.step === 'fetching') {
    const { received, total } = state;
    const text = `${size(received)}${total > 0 ? ` of ${size(total)}` : ''}`;
    return (
      <div className="update-progress">
        <ProgressBar
          label="Downloaded"
          text={text}
          total={total}
          parts={[{ tone: 'done', value: received }]}
        />
        <span className="aside">{text}</span>
      </div>
    );
  }
  const command = state.step === 'ready' ? state.command : null;
  const notes = 'update' in state ? (state.update?.notes ?? '') : '';
  if (command === null && notes === '') return null;
  return (
    <>
      {command !== null && (
        <div className="update-command">
          <p className="quoted code selectable">{command}</p>
          <Button small onClick={() => void copyInstallCommand(command)}>
            Copy command
          </Button>
        </div>
      )}
      {notes !== '' && (
        <section aria-label="What is new">
          <h3 className="update-new">What is new</h3>
          <p className="update-notes muted selectable">{notes}</p>
        </section>
      )}
    </>
  );
}

function size(bytes: number): string {
  return memory(bytes / 2 ** 20);
}
