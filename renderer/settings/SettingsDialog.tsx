import { useState } from 'react';
import type { Settings } from '../../shared/settings.ts';
import { saveSettings } from '../actions/settings-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { type Draft, FIELDS, isWhole, type SettingField, type SettingProps } from './fields.tsx';
import './SettingsDialog.css';
import { TellingField } from './TellingDialog.tsx';

/** How batches are rendered from now on. A batch that runs keeps what it began with. */
export function SettingsDialog() {
  const settings = useLibrary((state) => state.settings);
  return settings && <Form settings={settings} />;
}

function Form({ settings }: { readonly settings: Settings }) {
  const [draft, setDraft] = useState<Draft>(settings);
  const info = useLibrary((state) => state.info);
  const cluster = useLibrary((state) => state.cluster);
  const valid = isWhole(draft);
  const save = async () => {
    if (valid && (await saveSettings(draft))) closeDialog();
  };
  return (
    <Modal
      wide
      title="Settings"
      onClose={closeDialog}
      actions={
        <>
          <Button onClick={closeDialog}>Close</Button>
          <Button look="primary" disabled={!valid} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="settings">
        {NAMES.map((name) => (
          <Setting
            key={name}
            name={name}
            draft={draft}
            info={info}
            cluster={cluster}
            onChange={(value) => setDraft((before) => ({ ...before, [name]: value }))}
          />
        ))}
        <TellingField />
      </div>
    </Modal>
  );
}

const NAMES = Object.keys(FIELDS) as readonly (keyof Settings)[];

interface NamedProps<K extends keyof Settings> extends Omit<SettingProps<Settings[K]>, 'value'> {
  readonly name: K;
}

function Setting<K extends keyof Settings>({ name, ...rest }: NamedProps<K>) {
  const Control: SettingField<Settings[K]> = FIELDS[name];
  return <Control {...rest} value={rest.draft[name]} />;
}
