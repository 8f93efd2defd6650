import { type ReactNode, useState } from 'react';
import type { Cluster } from '../../shared/cluster.ts';
import { gpuLines, gpuReason } from '../../shared/gpu.ts';
import { HOST_FIELDS, WHERE_NAMES, type Where as WhereChoice } from '../../shared/hosts.ts';
import type { WhenDone } from '../../shared/schedule.ts';
import { type Settings, settingsSchema } from '../../shared/settings.ts';
import type { AppInfo } from '../../shared/view.ts';
import { chooseOutput, findGpus } from '../actions/settings-actions.ts';
import { limitText, memoryText, parseLimit, parseMemory } from '../text/limit.ts';
import { homePath } from '../text/paths.ts';
import { WHEN_DONE_WORDS, whenDoneText } from '../text/power-text.ts';
import { askedText, partitionChoices } from '../text/where-text.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import { BlenderField } from './BlenderField.tsx';
import { Field } from './Field.tsx';
import { UpdatesField } from './UpdatesField.tsx';

/** The settings while they are chosen; `undefined`: what was typed for it can't be understood. */
export type Draft = { readonly [K in keyof Settings]: Settings[K] | undefined };

export interface SettingProps<V> {
  readonly value: V | undefined;
  readonly onChange: (value: V | undefined) => void;
  readonly draft: Draft;
  /** `null`: not known yet. */
  readonly info: AppInfo | null;
  /** `null`: none answers. */
  readonly cluster: Cluster | null;
}

/** Whether all of them can be understood. */
export function isWhole(draft: Draft): draft is Settings {
  return Object.values(draft).every((value) => value !== undefined);
}

export type SettingField<V> = (props: SettingProps<V>) => ReactNode;

/** All settings from top to bottom. To add one is a record here, beside its line in `shared/settings.ts`. */
export const FIELDS: { readonly [K in keyof Settings]: SettingField<Settings[K]> } = {
  blenderPath: Blenders,
  where: Where,
  ...hostFields(),
  workers: on(
    'here',
    wholeNumber({
      label: 'Workers',
      hint: ({ info }) =>
        `Blenders at once on the CPU; each GPU has one more. 0: as many as are fastest for each shot${info === null ? '' : `, here up to ${info.cores}`}.`,
      max: settingsSchema.shape.workers.unwrap().maxValue,
    }),
  ),
  memoryLimitMb: on(
    'here',
    typed({
      label: 'Memory limit',
      hint: ({ info }) =>
        `GB that all workers may use together. Empty: what is free.${info === null ? '' : ` This computer has ${Math.round(info.memoryMb / 1024)} GB.`}`,
      empty: 'Default',
      what: 'a number of GB',
      text: memoryText,
      parse: parseMemory,
    }),
  ),
  maxRetries: wholeNumber({
    label: 'Retries',
    hint: () => 'Tries after the first, for each frame.',
    max: settingsSchema.shape.maxRetries.unwrap().maxValue,
  }),
  timeoutSeconds: typed({
    label: 'Time limit of a shot',
    hint: () => 'Such as 2h or 90m. Empty: none.',
    what: 'a time',
    text: limitText,
    parse: parseLimit,
  }),
  frameTimeoutSeconds: typed({
    label: 'Time limit of a frame',
    hint: () => 'Such as 20m or 90s. Empty: none.',
    what: 'a time',
    text: limitText,
    parse: parseLimit,
  }),
  continueOnError: oneOf('When a shot fails', {
    true: 'Go on with the others',
    false: 'Stop the batch',
  }),
  whenDone: oneOf<WhenDone>('When the night is done', WHEN_DONE_WORDS, (value) =>
    whenDoneText(value) ? 'A minute before, Nightshift says so and can be told not to.' : '',
  ),
  startAtLogin: oneOf('Start at login', { false: 'No', true: 'Yes' }),
  goOnWithNight: oneOf(
    'Go on with the night without asking',
    { false: 'No', true: 'Yes' },
    () => 'After a crash or a power cut, as soon as Nightshift is open.',
  ),
  outputFolder: Output,
  existing: oneOf('Frames that are there', {
    resume: 'Keep those that Nightshift rendered',
    skip: 'Keep every whole frame',
    overwrite: 'Render all again',
  }),
  factoryStartup: oneOf('Blender starts with', {
    false: 'My preferences and add-ons',
    true: 'Factory settings',
  }),
  lookForUpdates: ({ value = false, onChange }) => (
    <UpdatesField byItself={value} onChange={onChange} />
  ),
  theme: oneOf('Appearance', { system: 'As the system', dark: 'Dark', light: 'Light' }),
};

/** The settings of all hosts, each shown while its host is chosen. */
function hostFields() {
  const fields = Object.entries(HOST_FIELDS).map(
    ([name, { of, kind, label, hint, max = null }]) => {
      const shown = {
        label,
        hint: ({ cluster }: { readonly cluster: Cluster | null }) => hint(cluster),
      };
      const memory = {
        empty: 'Default',
        what: 'a number of GB',
        text: memoryText,
        parse: parseMemory,
      };
      const time = { empty: 'Default', what: 'a time', text: limitText, parse: parseLimit };
      if (kind === 'partition') return [name, on(of, Partitions)];
      if (kind === 'count') return [name, on(of, wholeNumber({ ...shown, max }))];
      return [name, on(of, typed({ ...shown, ...(kind === 'memory' ? memory : time) }))];
    },
  );
  return Object.fromEntries(fields) as {
    readonly [K in keyof typeof HOST_FIELDS]: SettingField<Settings[K]>;
  };
}

interface Kind {
  readonly label: string;
  /** A line of help. */
  readonly hint: (of: Pick<SettingProps<unknown>, 'info' | 'cluster'>) => string;
}

/** A whole number from 0; what is typed beyond its bounds is put back inside. */
function wholeNumber({
  label,
  hint,
  max,
}: Kind & { readonly max: number | null }): SettingField<number> {
  return ({ value, onChange, info, cluster }) => (
    <Field label={label} hint={hint({ info, cluster })}>
      {(control) => (
        <input
          {...control}
          type="number"
          className="input short"
          min={0}
          max={max ?? undefined}
          step={1}
          value={value}
          onChange={({ target }) => {
            const typedNumber = Math.max(0, Math.round(target.valueAsNumber || 0));
            onChange(Math.min(max ?? typedNumber, typedNumber));
          }}
        />
      )}
    </Field>
  );
}

interface TypedKind extends Kind {
  /** What it should have been, where what was typed can't be understood. */
  readonly what: string;
  readonly text: (value: number | null) => string;
  /** What stands in its place where nothing was typed; `None` if not said. */
  readonly empty?: string;
  /** Reads that back; `undefined`: it can't be understood. */
  readonly parse: (text: string) => number | null | undefined;
}

/** A limit as people write it. */
function typed({
  label,
  hint,
  what,
  text,
  empty = 'None',
  parse,
}: TypedKind): SettingField<number | null> {
  return function Typed({ value, onChange, info, cluster }) {
    const [words, setWords] = useState(() => text(value ?? null));
    const help = hint({ info, cluster });
    const bad = value === undefined;
    return (
      <Field label={label} hint={bad ? `This is not ${what}. ${help}` : help} bad={bad}>
        {(control) => (
          <input
            {...control}
            className="input short"
            value={words}
            placeholder={empty}
            onChange={({ target }) => {
              setWords(target.value);
              onChange(parse(target.value));
            }}
          />
        )}
      </Field>
    );
  };
}

/** One of a few. */
function oneOf<V extends string | boolean>(
  label: string,
  among: Readonly<Record<`${V}`, string>>,
  hint: (value: V) => string = () => '',
): SettingField<V> {
  return ({ value, onChange }) => (
    <Field label={label} hint={value === undefined ? '' : hint(value)}>
      {(control) => (
        <Choice
          {...control}
          value={String(value) as `${V}`}
          among={among}
          onChange={(chosen) =>
            onChange((typeof value === 'boolean' ? chosen === 'true' : chosen) as V)
          }
        />
      )}
    </Field>
  );
}

function Blenders({ value: path = null, onChange, draft }: SettingProps<string | null>) {
  return (
    <>
      <BlenderField path={path} onPick={onChange} />
      {draft.where === 'here' && (
        <Gpus path={path} factoryStartup={draft.factoryStartup ?? false} />
      )}
    </>
  );
}

const WHERE_CHOICES = Object.fromEntries(
  Object.entries(WHERE_NAMES).map(([where, { name }]) => [where, name]),
) as Readonly<Record<WhereChoice, string>>;

/** Which computers render; nothing to choose where no cluster answers. */
function Where({ value = 'here', onChange, draft, cluster }: SettingProps<Settings['where']>) {
  if (cluster === null && value === 'here') return null;
  const asked = value !== 'here' && isWhole(draft) ? askedText(draft, cluster) : null;
  return (
    <Field label="Where" hint={asked?.text ?? ''} bad={asked?.bad ?? false}>
      {(control) => <Choice {...control} value={value} among={WHERE_CHOICES} onChange={onChange} />}
    </Field>
  );
}

function Partitions({ value: name = null, onChange, cluster }: SettingProps<string | null>) {
  return (
    <Field label="Partition" hint="">
      {(control) => (
        <Choice
          {...control}
          value={name ?? ''}
          among={partitionChoices(name, cluster)}
          onChange={(chosen) => onChange(chosen || null)}
        />
      )}
    </Field>
  );
}

/** A setting that counts in one place only, and is shown where that is chosen. */
function on<V>(where: Settings['where'], Control: SettingField<V>): SettingField<V> {
  return (props) =>
    props.draft.where === where && (
      <div className={where === 'here' ? undefined : 'field-under'}>
        <Control {...props} />
      </div>
    );
}

interface GpusProps {
  readonly path: string | null;
  readonly factoryStartup: boolean;
}

/** What Cycles can render on besides the CPU. Read-only: which are used is chosen in Blender. */
function Gpus({ path, factoryStartup }: GpusProps) {
  const answer = useAnswer(`${factoryStartup} ${path}`, () => findGpus({ path, factoryStartup }));
  const known = answer !== null && 'devices' in answer;
  const lines = known ? gpuLines(answer) : [answer === null ? 'Asking Blender…' : 'Not known'];
  const hint = known ? gpuReason(answer) : (answer?.message ?? '');
  return (
    <Field label="GPUs" hint={hint}>
      {(control) => (
        <output {...control} className="gpus">
          {lines.map((line) => (
            <span key={line}>{line}</span>
          ))}
        </output>
      )}
    </Field>
  );
}

/** Where the frames of shot folders go that are opened from now on. */
function Output({ value: path = null, onChange, info }: SettingProps<string | null>) {
  const hint =
    path === null
      ? 'Where a shot file says “output: path”, that counts.'
      : 'One folder in it for each shot folder. Batches of the list keep their place.';
  const chooseOther = async () => {
    const chosen = await chooseOutput();
    if (chosen !== null) onChange(chosen);
  };
  const chosen = path === null ? {} : { [path]: homePath(path, info?.homeDirectory) };
  return (
    <Field label="Frames go to" hint={hint}>
      {(control) => (
        <div className="field-pick">
          <Choice
            {...control}
            value={path ?? ''}
            among={{ '': 'renders, in the shot folder', ...chosen }}
            onChange={(picked) => onChange(picked || null)}
          />
          <Button onClick={() => void chooseOther()}>Choose…</Button>
        </div>
      )}
    </Field>
  );
}
