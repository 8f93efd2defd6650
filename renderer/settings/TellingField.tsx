import { useState } from 'react';
import { SERVICES } from '../../shared/telling.ts';
import { useLibrary } from '../store/library-store.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from './Field.tsx';
import { TellingDialog } from './TellingDialog.tsx';

/** Where nights are told of. It is kept at once: a test and a preview stand on what is kept. */
export function TellingField() {
  const telling = useLibrary((state) => state.telling);
  const [open, setOpen] = useState(false);
  const names = (telling?.places ?? [])
    .filter(({ on }) => on)
    .map(({ service }) => SERVICES[service].name);
  return (
    <Field
      label="Tell me elsewhere"
      hint={names.length === 0 ? 'Off: nothing is sent anywhere.' : 'Of nights, from now on.'}
    >
      {(control) => (
        <div className="telling-pick">
          <output {...control}>{names.length === 0 ? 'Nowhere' : names.join(', ')}</output>
          <Button onClick={() => setOpen(true)}>Set up places…</Button>
          {open && <TellingDialog onClose={() => setOpen(false)} />}
        </div>
      )}
    </Field>
  );
}
