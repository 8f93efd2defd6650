import { useEffect, useId, useState } from 'react';
import {
  EVENT_WORDS,
  SERVICES,
  type ServiceName,
  serviceFacts,
  TELLING_EVENTS,
  type TellingDraft,
  type TellingEvent,
  type TellingPlaceView,
  type TellingPreview,
} from '../../shared/telling.ts';
import { previewPlace, savePlace, testPlace } from '../actions/telling-actions.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Field } from './Field.tsx';

interface TellingPlaceProps {
  readonly service: ServiceName;
  /** `null`: it is set up now. */
  readonly place: TellingPlaceView | null;
  readonly onClose: () => void;
}

/** What one place asks for, what it is told, and how that looks. */
export function TellingPlaceDialog({ service, place, onClose }: TellingPlaceProps) {
  const facts = serviceFacts(service);
  const [draft, setDraft] = useState<TellingDraft>(() => draftOf(service, place));
  const [said, setSaid] = useState<{ readonly text: string; readonly bad: boolean } | null>(null);
  const change = (some: Partial<TellingDraft>) => {
    setSaid(null);
    setDraft((before) => ({ ...before, ...some }));
  };
  const test = async () => {
    setSaid({ text: 'Sending a test …', bad: false });
    const why = await testPlace(draft);
    setSaid({ text: why ?? 'The test is there.', bad: why !== null });
  };
  const save = async () => {
    const why = await savePlace(draft);
    if (why === null) onClose();
    else setSaid({ text: why, bad: true });
  };
  return (
    <Modal
      wide
      title={facts.name}
      text={facts.note}
      onClose={onClose}
      actions={
        <>
          <output className={said?.bad ? 'place-result aside bad' : 'place-result aside'}>
            {said?.text}
          </output>
          <Button onClick={onClose}>Back</Button>
          <Button onClick={() => void test()}>Test</Button>
          <Button look="primary" onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="settings">
        {Object.entries(facts.fields).map(([name, { label, hint, secret, optional }]) => (
          <Field key={name} label={optional ? `${label} (if any)` : label} hint={hint}>
            {(control) => (
              <input
                {...control}
                type={secret && name === 'token' ? 'password' : 'text'}
                className="input"
                autoComplete="off"
                spellCheck={false}
                maxLength={2048}
                value={draft.fields[name] ?? ''}
                placeholder={place?.stored.includes(name) ? 'Kept. Type to replace it.' : ''}
                onChange={({ target }) =>
                  change({ fields: { ...draft.fields, [name]: target.value } })
                }
              />
            )}
          </Field>
        ))}
        <Ticks
          label="Told of"
          ticks={TELLING_EVENTS.map((event) => ({
            label: EVENT_WORDS[event],
            checked: draft.events.includes(event),
            onChange: (on) =>
              change({
                events: TELLING_EVENTS.filter((each) =>
                  each === event ? on : draft.events.includes(each),
                ),
              }),
          }))}
        />
        {(facts.pictureBytes !== null || service !== 'telegram') && (
          <Ticks
            label="Also"
            ticks={[
              ...(facts.pictureBytes === null
                ? []
                : [
                    {
                      label: 'With the newest frame, made small',
                      checked: draft.picture,
                      onChange: (picture: boolean) => change({ picture }),
                    },
                  ]),
              ...(service === 'telegram'
                ? []
                : [
                    {
                      label: 'Plain http:// within my own network',
                      checked: draft.plainHttp,
                      onChange: (plainHttp: boolean) => change({ plainHttp }),
                    },
                  ]),
            ]}
          />
        )}
        <Preview draft={draft} />
      </div>
    </Modal>
  );
}

/** A place while it is filled in; secrets that are kept are empty in it. */
export function draftOf(service: ServiceName, place: TellingPlaceView | null): TellingDraft {
  if (place === null) {
    const events = ['failed', 'done', 'stalled'] as const;
    const rest = { picture: true, plainHttp: false, on: true };
    return { service, fields: {}, events: [...events], ...rest };
  }
  const { stored: _, last: __, ...draft } = place;
  return draft;
}

interface Tick {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Things of which each is there or not. */
function Ticks({ label, ticks }: { readonly label: string; readonly ticks: readonly Tick[] }) {
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no grid everywhere
    <div className="field" role="group" aria-labelledby={id}>
      <span id={id} className="field-label muted">
        {label}
      </span>
      <div className="ticks">
        {ticks.map((tick) => (
          <label key={tick.label}>
            <input
              type="checkbox"
              checked={tick.checked}
              onChange={({ target }) => tick.onChange(target.checked)}
            />
            {tick.label}
          </label>
        ))}
      </div>
    </div>
  );
}

/** The message as it would be sent, made by what sends it. Nothing is sent for it. */
function Preview({ draft }: { readonly draft: TellingDraft }) {
  const [event, setEvent] = useState<TellingEvent>('failed');
  const [shown, setShown] = useState<TellingPreview | string | null>(null);
  useEffect(() => {
    let isWanted = true;
    void previewPlace(draft, event).then((preview) => {
      if (isWanted) setShown(preview);
    });
    return () => {
      isWanted = false;
    };
  }, [draft, event]);
  return (
    <Field
      label="Preview"
      hint={`Shot and batch are samples. ${SERVICES[draft.service].name} would get this, word for word.`}
    >
      {(control) => (
        <>
          <Choice {...control} value={event} among={EVENT_WORDS} onChange={setEvent} />
          {typeof shown === 'string' && <p className="telling-why muted">{shown}</p>}
          {shown !== null && typeof shown === 'object' && <Shown preview={shown} />}
        </>
      )}
    </Field>
  );
}

function Shown({ preview }: { readonly preview: TellingPreview }) {
  const { request, headers, body, title, text, picture } = preview;
  return (
    <section className="telling-preview" aria-label="Message">
      <strong>{title}</strong>
      <p>{text}</p>
      {picture !== null && <img src={picture} alt="A frame, as it goes along" />}
      <details>
        <summary>The request</summary>
        <pre
          className="selectable"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
        >
          {[request, ...headers, '', body].join('\n')}
        </pre>
      </details>
    </section>
  );
}
