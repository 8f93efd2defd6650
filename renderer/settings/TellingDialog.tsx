import { useState } from 'react';
import {
  EVENT_WORDS,
  SERVICE_NAMES,
  SERVICES,
  type ServiceName,
  STALLED_MINUTES,
  TELLING_EVENTS,
  type TellingDraft,
  type TellingPlaceView,
} from '../../shared/telling.ts';
import {
  removePlace,
  savePlace,
  setStalledMinutes,
  testPlace,
} from '../actions/telling-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { clock } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Switch } from '../ui/Switch.tsx';
import { Field } from './Field.tsx';
import './TellingDialog.css';
import { draftOf, TellingPlaceDialog } from './TellingPlaceDialog.tsx';

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

/** All places that can be told of nights: each is set up, tried, put off and removed here. */
function TellingDialog({ onClose }: { readonly onClose: () => void }) {
  const telling = useLibrary((state) => state.telling);
  const [editing, setEditing] = useState<ServiceName | null>(null);
  if (telling === null) return null;
  if (editing !== null) {
    const place = telling.places.find(({ service }) => service === editing);
    const close = () => setEditing(null);
    return <TellingPlaceDialog service={editing} place={place ?? null} onClose={close} />;
  }
  return (
    <Modal
      wide
      title="Tell me elsewhere"
      text="Nightshift can tell your phone or a channel of a night. A place that is off makes no request."
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <ul className="places" aria-label="Places">
        {SERVICE_NAMES.map((service) => (
          <Place
            key={service}
            service={service}
            place={telling.places.find((each) => each.service === service) ?? null}
            onEdit={() => setEditing(service)}
          />
        ))}
      </ul>
      <StandsStill minutes={telling.stalledMinutes} />
      <p className="places-safe muted">{telling.encrypted ? ENCRYPTED : NOT_ENCRYPTED}</p>
    </Modal>
  );
}

const ENCRYPTED =
  'Tokens and webhook URLs are encrypted by this computer, and never shown again once they are kept.';
const NOT_ENCRYPTED =
  'This computer has no key store, so tokens and webhook URLs can’t be encrypted here: they stand in a file that only you can read. They are never shown again once they are kept.';

interface PlaceProps {
  readonly service: ServiceName;
  /** `null`: it is not set up. */
  readonly place: TellingPlaceView | null;
  readonly onEdit: () => void;
}

function Place({ service, place, onEdit }: PlaceProps) {
  const { name } = SERVICES[service];
  const [tested, setTested] = useState<Said | null>(null);
  const test = async (draft: TellingDraft) => {
    setTested({ text: 'Sending a test …', bad: false });
    const why = await testPlace(draft);
    setTested({ text: why ?? 'The test is there.', bad: why !== null });
  };
  const said = tested ?? standing(place);
  return (
    <li>
      {place === null ? (
        <span className="place-name">{name}</span>
      ) : (
        <Switch
          label={name}
          checked={place.on}
          onChange={(on) => void savePlace({ ...draftOf(service, place), on })}
        />
      )}
      <span className="place-acts">
        {place === null ? (
          <Button small aria-label={`Set up ${name}…`} onClick={onEdit}>
            Set up…
          </Button>
        ) : (
          <>
            <Button small aria-label={`Change ${name}…`} onClick={onEdit}>
              Change…
            </Button>
            <Button
              small
              aria-label={`Test ${name}`}
              onClick={() => void test(draftOf(service, place))}
            >
              Test
            </Button>
            <Button
              small
              aria-label={`Remove ${name}`}
              onClick={() => {
                setTested(null);
                void removePlace(service);
              }}
            >
              Remove
            </Button>
          </>
        )}
      </span>
      <span
        className={said.bad ? 'place-said aside bad' : 'place-said aside'}
        aria-live="polite"
        aria-atomic="true"
      >
        {said.text}
      </span>
    </li>
  );
}

interface Said {
  readonly text: string;
  readonly bad: boolean;
}

/** What a place is told, and what came of it last. */
function standing(place: TellingPlaceView | null): Said {
  if (place === null) return { text: 'Not set up', bad: false };
  if (!place.on) return { text: 'Off', bad: false };
  const { last, events } = place;
  if (last?.why) return { text: `${clock(last.at)}: ${last.why}`, bad: true };
  const told = TELLING_EVENTS.filter((event) => events.includes(event));
  const words = told.map((event, at) => {
    const text = EVENT_WORDS[event];
    return at === 0 ? text : text.charAt(0).toLowerCase() + text.slice(1);
  });
  const when = last ? ` Told last at ${clock(last.at)}.` : '';
  return { text: `${words.join(', ') || 'Nothing'}.${when}`, bad: false };
}

function StandsStill({ minutes }: { readonly minutes: number }) {
  const [typed, setTyped] = useState(String(minutes));
  const { min, max } = STALLED_MINUTES;
  const keep = () => {
    const wished = Math.round(Number(typed)) || STALLED_MINUTES.standard;
    const kept = Math.min(max, Math.max(min, wished));
    setTyped(String(kept));
    if (kept !== minutes) void setStalledMinutes(kept);
  };
  return (
    <div className="places-stalled">
      <Field label="It stands still after" hint="Minutes without a finished frame.">
        {(control) => (
          <input
            {...control}
            type="number"
            className="input short"
            min={min}
            max={max}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onBlur={keep}
          />
        )}
      </Field>
    </div>
  );
}
