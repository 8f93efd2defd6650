import { useState } from 'react';
import { canAsk } from '../../shared/update.ts';
import { askForUpdates } from '../actions/update-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { lookHint, updateWords } from '../text/update-text.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { UpdatesDialog } from '../updates/UpdatesDialog.tsx';
import { Field } from './Field.tsx';

interface UpdatesFieldProps {
  readonly byItself: boolean;
  readonly onChange: (byItself: boolean) => void;
}

/** Whether Nightshift looks for newer versions by itself; nothing to choose where none could be fetched. */
export function UpdatesField({ byItself, onChange }: UpdatesFieldProps) {
  const view = useLibrary((state) => state.updates);
  const [open, setOpen] = useState(false);
  if (view === null) return null;
  if (!canAsk(view)) {
    return (
      <Field label="Updates" hint={updateWords(view, Date.now()).text}>
        {(control) => (
          <output {...control} className="gpus">
            Nightshift {view.current}
          </output>
        )}
      </Field>
    );
  }
  const check = () => {
    setOpen(true);
    void askForUpdates();
  };
  return (
    <Field label="Updates" hint={lookHint(view, byItself)}>
      {(control) => (
        <div className="field-pick">
          <Choice
            {...control}
            value={byItself ? 'start' : 'asked'}
            among={{ asked: 'Look when I ask', start: 'Look at each start' }}
            onChange={(chosen) => onChange(chosen === 'start')}
          />
          <Button onClick={check}>Check for updates…</Button>
          {open && <UpdatesDialog onClose={() => setOpen(false)} />}
        </div>
      )}
    </Field>
  );
}
