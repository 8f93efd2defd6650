import { useState } from 'react';
import type { Settings } from '../../shared/settings.ts';
import { saveSettings } from '../actions/settings-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { WHEN_DONE_WORDS, whenDoneText } from '../text/power-text.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Modal } from '../ui/Modal.tsx';
import { BlenderField } from './BlenderField.tsx';
import { Field, NumberInput } from './Field.tsx';
import { GpuField } from './GpuField.tsx';
import { limitText, memoryText, parseLimit, parseMemory } from './limit.ts';
import { MemoryField } from './MemoryField.tsx';
import { OutputField } from './OutputField.tsx';
import './SettingsDialog.css';

const AFTER_FAILURE = { 'go on': 'Go on with the others', stop: 'Stop the batch' } as const;
const EXISTING = {
  resume: 'Keep those that Nightshift rendered',
  skip: 'Keep every whole frame',
  overwrite: 'Render all again',
} as const;
const PREFERENCES = { mine: 'My preferences and add-ons', factory: 'Factory settings' } as const;
const THEMES = { system: 'As the system', dark: 'Dark', light: 'Light' } as const;

/** How batches are rendered from now on. A batch that runs keeps what it began with. */
export function SettingsDialog() {
  const settings = useLibrary((state) => state.settings);
  return settings && <Form settings={settings} />;
}

function Form({ settings }: { readonly settings: Settings }) {
  const [draft, setDraft] = useState(settings);
  const [limits, setLimits] = useState({
    job: limitText(settings.timeoutSeconds),
    frame: limitText(settings.frameTimeoutSeconds),
  });
  const [memory, setMemory] = useState(memoryText(settings.memoryLimitMb));
  const cores = useLibrary((state) => state.info?.cores ?? null);
  const memoryMb = useLibrary((state) => state.info?.memoryMb ?? null);
  const change = (part: Partial<Settings>) => setDraft({ ...draft, ...part });
  const job = parseLimit(limits.job);
  const frame = parseLimit(limits.frame);
  const memoryLimitMb = parseMemory(memory);
  const valid = job !== undefined && frame !== undefined && memoryLimitMb !== undefined;
  const save = async () => {
    if (!valid) return;
    const limited = { timeoutSeconds: job, frameTimeoutSeconds: frame, memoryLimitMb };
    if (await saveSettings({ ...draft, ...limited })) closeDialog();
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
        <BlenderField path={draft.blenderPath} onPick={(blenderPath) => change({ blenderPath })} />
        <GpuField blenderPath={draft.blenderPath} factoryStartup={draft.factoryStartup} />
        <Field
          label="Workers"
          hint={`Blenders at once on the CPU; each GPU has one more. 0: automatic${cores === null ? '' : `, here ${Math.max(1, cores - 1)}`}.`}
        >
          {(control) => (
            <NumberInput
              {...control}
              value={draft.workers}
              max={256}
              onChange={(workers) => change({ workers })}
            />
          )}
        </Field>
        <MemoryField
          text={memory}
          has={memoryMb === null ? null : Math.round(memoryMb / 1024)}
          onChange={setMemory}
        />
        <Field label="Retries" hint="Tries after the first, for each frame.">
          {(control) => (
            <NumberInput
              {...control}
              value={draft.maxRetries}
              max={100}
              onChange={(maxRetries) => change({ maxRetries })}
            />
          )}
        </Field>
        <Field
          label="Time limit of a shot"
          hint="Such as 2h or 90m. Empty: none."
          bad={job === undefined}
        >
          {(control) => (
            <input
              {...control}
              className="input short"
              value={limits.job}
              placeholder="None"
              onChange={(event) => setLimits({ ...limits, job: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Time limit of a frame"
          hint="Such as 20m or 90s. Empty: none."
          bad={frame === undefined}
        >
          {(control) => (
            <input
              {...control}
              className="input short"
              value={limits.frame}
              placeholder="None"
              onChange={(event) => setLimits({ ...limits, frame: event.target.value })}
            />
          )}
        </Field>
        <Field label="When a shot fails">
          {(control) => (
            <Choice
              {...control}
              value={draft.continueOnError ? 'go on' : 'stop'}
              among={AFTER_FAILURE}
              onChange={(chosen) => change({ continueOnError: chosen === 'go on' })}
            />
          )}
        </Field>
        <Field
          label="When a batch is done"
          hint={
            whenDoneText(draft.whenDone)
              ? 'A minute before, Nightshift says so and can be told not to.'
              : ''
          }
        >
          {(control) => (
            <Choice
              {...control}
              value={draft.whenDone}
              among={WHEN_DONE_WORDS}
              onChange={(whenDone) => change({ whenDone })}
            />
          )}
        </Field>
        <OutputField
          path={draft.outputFolder}
          onPick={(outputFolder) => change({ outputFolder })}
        />
        <Field label="Frames that are there">
          {(control) => (
            <Choice
              {...control}
              value={draft.existing}
              among={EXISTING}
              onChange={(existing) => change({ existing })}
            />
          )}
        </Field>
        <Field label="Blender starts with">
          {(control) => (
            <Choice
              {...control}
              value={draft.factoryStartup ? 'factory' : 'mine'}
              among={PREFERENCES}
              onChange={(chosen) => change({ factoryStartup: chosen === 'factory' })}
            />
          )}
        </Field>
        <Field label="Appearance">
          {(control) => (
            <Choice
              {...control}
              value={draft.theme}
              among={THEMES}
              onChange={(theme) => change({ theme })}
            />
          )}
        </Field>
      </div>
    </Modal>
  );
}
