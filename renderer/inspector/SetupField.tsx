import { FolderOpen, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { SettingKey, SetupValue } from '../../shared/shot-setup.ts';
import { chooseOutput } from '../actions/settings-actions.ts';
import { changeSetup } from '../actions/setup-actions.ts';
import { setupOf, useSetup } from '../store/setup-store.ts';
import { IconButton } from '../ui/Button.tsx';
import { CHOICES, EXAMPLES, otherwiseText, placeText } from './setup-facts.ts';

interface SetupFieldProps {
  readonly name: string;
  readonly setting: SettingKey;
  /** `null`: the files are still being read. */
  readonly value: SetupValue | null;
  /** What counts where no file says it, and where that is from. */
  readonly otherwise: string | null;
  readonly source: string | null;
  /** The batch is a test pass that renders it otherwise than the files say. */
  readonly tested: boolean;
  /** Of the shots that are changed. */
  readonly jobIds: readonly string[];
  /** Why none of them can be; `null`: they can. */
  readonly locked: boolean;
}

/** A setting of one or many shots that can be changed: what is typed is written into their files when it is done. */
export function SetupField(props: SetupFieldProps) {
  const { name, setting, value, otherwise, source, tested, jobIds, locked } = props;
  const of = setupOf(jobIds);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const byKeys = useRef(false);
  const hintId = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed for other shots is not for these
  useEffect(() => {
    setTyped(null);
    setWrong(null);
  }, [of]);
  useEffect(() => {
    // It had the keyboard when its shot got another id, and is drawn anew.
    if (useSetup.getState().focused === setting) field.current?.focus();
  }, [setting]);

  const said = value?.said ?? null;
  const write = async (text: string | null) => {
    setBusy(true);
    const why = await changeSetup(jobIds, setting, text);
    setBusy(false);
    setWrong(why);
    if (why === null) setTyped(null);
  };
  const done = (text = typed) => {
    if (text === null || isBusy) return;
    const now = text.trim();
    if (now === (said ?? '') || (now === '' && value?.clears == null)) {
      setTyped(null);
      setWrong(null);
    } else void write(now === '' ? null : now);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    byKeys.current = true;
    if (event.key === 'Enter' && typed !== null) {
      event.preventDefault();
      done();
    }
    if (event.key === 'Escape' && (typed !== null || wrong !== null)) {
      event.stopPropagation();
      setTyped(null);
      setWrong(null);
    }
  };
  const hint = hintOf({ typed, wrong });
  const control = {
    ref: field,
    className: said === null && typed === null ? 'setup-input otherwise' : 'setup-input',
    'aria-label': name,
    'aria-describedby': hint.text === null ? undefined : hintId,
    'aria-invalid': wrong !== null || undefined,
    'aria-busy': isBusy || undefined,
    disabled: locked || value === null,
    onKeyDown,
    onFocus: () => useSetup.setState({ focused: setting }),
    onBlur: () => {
      if (useSetup.getState().focused === setting && field.current?.isConnected)
        useSetup.setState({ focused: null });
      done();
    },
  };
  const choices = CHOICES[setting];
  const shown = typed ?? said ?? '';
  return (
    <>
      <dt className="setup-name">{name}</dt>
      <dd>
        <div className="setup-line">
          <span className="setup-box">
            {choices ? (
              <select
                {...control}
                value={shown}
                onPointerDown={() => {
                  byKeys.current = false;
                }}
                onChange={({ target }) => {
                  setTyped(target.value);
                  // With the arrows it is still being looked for: Enter, or leaving, writes it.
                  if (!byKeys.current) done(target.value);
                }}
              >
                <option value="">{otherwiseText(setting, value, otherwise)}</option>
                {Object.entries(withOwn(choices, said)).map(([each, words]) => (
                  <option key={each} value={each}>
                    {words}
                  </option>
                ))}
              </select>
            ) : (
              <input
                {...control}
                type="text"
                spellCheck={false}
                autoComplete="off"
                value={shown}
                placeholder={otherwiseText(setting, value, otherwise)}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
            {hint.inside !== null && <span className="setup-source">{hint.inside}</span>}
          </span>
          {setting === 'output.path' && !locked && (
            <IconButton
              label="Choose a folder for the frames"
              onClick={async () => {
                const folder = await chooseOutput();
                if (folder !== null) await write(folder);
              }}
            >
              <FolderOpen size={14} aria-hidden="true" />
            </IconButton>
          )}
          {value?.clears != null && !locked && (
            <IconButton label={clearLabel(name, value)} onClick={() => void write(null)}>
              <X size={14} aria-hidden="true" />
            </IconButton>
          )}
        </div>
        {hint.text !== null && (
          <span
            id={hintId}
            className={hint.bad ? 'aside block fact-missing' : 'aside block'}
            role={hint.bad ? 'alert' : undefined}
          >
            {hint.text}
          </span>
        )}
      </dd>
    </>
  );

  function hintOf({ typed, wrong }: { typed: string | null; wrong: string | null }) {
    const nothing = { text: null, bad: false, inside: null };
    if (wrong !== null) return { ...nothing, text: wrong, bad: true };
    if (isBusy) return { ...nothing, text: 'Being written…' };
    if (typed !== null && typed.trim() !== (said ?? '')) {
      const isEmpty = typed.trim() === '';
      const [act, example] = [
        isEmpty ? 'Enter takes it out.' : 'Enter writes it.',
        EXAMPLES[setting],
      ];
      return { ...nothing, text: example && !isEmpty ? `${act} ${example}` : act };
    }
    if (value?.place) {
      const place = placeText(value.place);
      return { ...nothing, text: tested ? `${place}; this test pass renders otherwise` : place };
    }
    const isKnown = said === null && otherwise !== null && !value?.differs;
    return { ...nothing, inside: isKnown ? source : null };
  }
}

function clearLabel(name: string, { clears, said, place }: SetupValue): string {
  if (clears === 'inherited') {
    return place
      ? `${name}: leave out what ${place.file} says`
      : `${name}: leave out what is inherited`;
  }
  return said === null ? `${name}: take it out of the shot files` : `${name}: clear`;
}

/** What a file says may be none of the usual words. */
function withOwn(choices: Readonly<Record<string, string>>, said: string | null) {
  return said === null || said in choices ? choices : { [said]: said, ...choices };
}
