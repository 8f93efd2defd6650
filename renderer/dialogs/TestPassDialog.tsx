import { type FormEvent, useId, useRef, useState } from 'react';
import { OUTPUT_FORMATS } from '../../shared/formats.ts';
import { isolated } from '../../shared/safe-text.ts';
import {
  TEST_EXPECTED,
  TEST_KEYS,
  type TestKey,
  type TestPass,
  testValue,
  typedTest,
} from '../../shared/test-pass.ts';
import { renderTestPass } from '../actions/batch-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useBatch, useView } from '../store/batch-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Modal } from '../ui/Modal.tsx';
import './TestPassDialog.css';
import { Field } from '../settings/Field.tsx';

/** What is asked for most, each one setting; they combine. */
const READY: readonly (readonly [words: string, key: TestKey, value: string])[] = [
  ['25 %', 'percentage', '25'],
  ['Every 8th frame', 'step', '8'],
  ['Half the samples', 'samples', 'x0.5'],
];

/** What is typed, with what it means while it is empty. */
const TYPED: readonly (readonly [label: string, key: TestKey, hint: string])[] = [
  ['Percentage', 'percentage', '% of the full size'],
  ['Every … frame', 'step', 'such as 8: frames 1, 9, 17'],
  ['Samples', 'samples', 'a number, or x0.5: half of each shot’s'],
  ['Frames', 'frames', 'such as 1-48; empty: those of each shot'],
];

const SAID = 'As the shots say';

/** What is chosen among a few, with the words for each. */
const CHOSEN: readonly (readonly [label: string, key: TestKey, among: Record<string, string>])[] = [
  ['Engine', 'engine', { '': SAID, cycles: 'Cycles', eevee: 'EEVEE', workbench: 'Workbench' }],
  ['Device', 'device', { '': SAID, cpu: 'CPU', gpu: 'GPU', 'gpu-or-cpu': 'GPU, else the CPU' }],
  ['Denoise', 'denoise', { '': SAID, true: 'On', false: 'Off' }],
  [
    'Format',
    'format',
    {
      '': SAID,
      ...Object.fromEntries(OUTPUT_FORMATS.map((name) => [name, name.replaceAll('_', ' ')])),
    },
  ],
];

/** Typed as well, and asked for seldom. */
const NAMED: typeof TYPED = [
  ['Resolution', 'resolution', 'such as 960x540, before the percentage'],
  ['Camera', 'camera', 'its name in the scene; empty: as the shots say'],
  ['View layers', 'layers', 'their names, with commas between; empty: as the shots say'],
];

interface TestPassProps {
  /** Ids of the shots; `null`: all. */
  readonly only: readonly string[] | null;
}

type Texts = Readonly<Partial<Record<TestKey, string>>>;

/** How a test pass differs from the finals: ready choices, and a few fields that they fill in. */
export function TestPassDialog({ only }: TestPassProps) {
  const view = useView();
  const one = useBatch(({ mirror }) => mirror?.rows.get(only?.length === 1 ? (only[0] ?? '') : ''));
  const [texts, setTexts] = useState<Texts>(() => textsOf(view?.test ?? { percentage: 25 }));
  const [first, form] = [useRef<HTMLButtonElement>(null), useId()];
  const set = (key: TestKey, text: string) => setTexts((now) => ({ ...now, [key]: text }));
  const said = TEST_KEYS.filter((key) => isSaid(texts[key]));
  const wrong = new Set(said.filter((key) => typedTest(key, texts[key] ?? '') === null));
  const isReady = said.length > 0 && wrong.size === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    closeDialog();
    const settings = said.map((key) => typedTest(key, texts[key] ?? ''));
    void renderTestPass(Object.assign({}, ...settings), only);
  };
  const what = one ? one.name : only ? counted(only.length, 'shot') : (view?.name ?? '');
  return (
    <Modal
      title={`Test pass of ${one || !only ? isolated(what) : what}`}
      text="Renders the same shots with other settings, into a folder of its own beside the finals. The finals stay as they are, and use nothing of it."
      focus={first}
      onClose={closeDialog}
      actions={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={!isReady}>
            Render test pass
          </Button>
        </>
      }
    >
      <form id={form} className="test-form" onSubmit={submit}>
        <fieldset className="test-ready" aria-label="Ready choices">
          {READY.map(([words, key, value], index) => {
            const isOn = texts[key]?.trim() === value;
            return (
              <Button
                key={key}
                {...(index === 0 && { ref: first })}
                aria-pressed={isOn}
                onClick={() => set(key, isOn ? '' : value)}
              >
                {words}
              </Button>
            );
          })}
        </fieldset>
        {TYPED.map(([label, key, hint]) => (
          <TextField key={key} {...{ label, name: key, hint, texts, set, wrong }} />
        ))}
        <details className="test-more" open={isMore(texts)}>
          <summary className="fold">More settings</summary>
          <div className="test-form">
            {CHOSEN.map(([label, key, among]) => (
              <Field key={key} label={label} hint="">
                {(control) => (
                  <Choice
                    {...control}
                    value={texts[key] ?? ''}
                    among={among}
                    onChange={(value) => set(key, value)}
                  />
                )}
              </Field>
            ))}
            {NAMED.map(([label, key, hint]) => (
              <TextField key={key} {...{ label, name: key, hint, texts, set, wrong }} />
            ))}
          </div>
        </details>
      </form>
    </Modal>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly name: TestKey;
  readonly hint: string;
  readonly texts: Texts;
  readonly set: (key: TestKey, text: string) => void;
  readonly wrong: ReadonlySet<TestKey>;
}

function TextField({ label, name, hint, texts, set, wrong }: TextFieldProps) {
  const isWrong = wrong.has(name);
  const isShort = !['frames', 'camera', 'layers'].includes(name);
  return (
    <Field label={label} hint={isWrong ? `Expected ${TEST_EXPECTED[name]}.` : hint} bad={isWrong}>
      {(control) => (
        <input
          {...control}
          type="text"
          className={isShort ? 'input short' : 'input'}
          value={texts[name] ?? ''}
          spellCheck={false}
          aria-invalid={isWrong}
          onChange={(event) => set(name, event.target.value)}
        />
      )}
    </Field>
  );
}

function textsOf(test: TestPass): Texts {
  return Object.fromEntries(TEST_KEYS.map((key) => [key, testValue(test, key)]));
}

function isSaid(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

/** Something is set of what is folded away at first. */
function isMore(texts: Texts): boolean {
  return (
    NAMED.some(([, key]) => isSaid(texts[key])) || CHOSEN.some(([, key]) => isSaid(texts[key]))
  );
}
