import { useState } from 'react';
import type { Settings } from '../../shared/view.ts';
import type { WhenDone } from '../../shared/when-done.ts';
import { saveSettings } from '../actions/settings-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { limitText, memoryText, parseLimit, parseMemory } from '../text/limit.ts';
import { WHEN_DONE_WORDS, whenDoneText } from '../text/power-text.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { BlenderField } from './BlenderField.tsx';
import { Field } from './Field.tsx';
import { GpuField } from './GpuField.tsx';
import { MemoryField } from './MemoryField.tsx';
import { NumberInput } from './NumberInput.tsx';
import { OutputField } from './OutputField.tsx';
import './SettingsDialog.css';

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
            <select
              {...control}
              className="input"
              value={draft.continueOnError ? 'go on' : 'stop'}
              onChange={(event) => change({ continueOnError: event.target.value === 'go on' })}
            >
              <option value="go on">Go on with the others</option>
              <option value="stop">Stop the batch</option>
            </select>
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
            <select
              {...control}
              className="input"
              value={draft.whenDone}
              onChange={(event) => change({ whenDone: event.target.value as WhenDone })}
            >
              {Object.entries(WHEN_DONE_WORDS).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        <OutputField
          path={draft.outputFolder}
          onPick={(outputFolder) => change({ outputFolder })}
        />
        <Field label="Frames that are there">
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.existing}
              onChange={(event) => change({ existing: event.target.value as Settings['existing'] })}
            >
              <option value="resume">Keep those that Nightshift rendered</option>
              <option value="skip">Keep every whole frame</option>
              <option value="overwrite">Render all again</option>
            </select>
          )}
        </Field>
        <Field label="Blender starts with">
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.factoryStartup ? 'factory' : 'mine'}
              onChange={(event) => change({ factoryStartup: event.target.value === 'factory' })}
            >
              <option value="mine">My preferences and add-ons</option>
              <option value="factory">Factory settings</option>
            </select>
          )}
        </Field>
        <Field label="Appearance">
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.theme}
              onChange={(event) => change({ theme: event.target.value as Settings['theme'] })}
            >
              <option value="system">As the system</option>
              <option value="dark">Dark</option>
              <option value="light">Light</option>
            </select>
          )}
        </Field>
      </div>
    </Modal>
  );
}
