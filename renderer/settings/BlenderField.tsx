import { TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { BLENDER_SOURCE_LABELS, type BlenderInstalls } from '../../shared/blender-install.ts';
import { addBlender, forgetBlender, lookForBlenders } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { forAllChoices, forAllHint, LOOKING, silentText } from '../text/blender-text.ts';
import { homePath } from '../text/paths.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Name } from '../ui/Name.tsx';
import './BlenderField.css';
import { Field } from './Field.tsx';

interface BlenderFieldProps {
  /** `null`: each shot by the one that saved it. */
  readonly path: string | null;
  readonly onPick: (path: string | null) => void;
}

/** By which Blender shots are rendered, all that were found, and a way to show others. */
export function BlenderField({ path, onPick }: BlenderFieldProps) {
  const known = useLibrary((state) => state.blenders);
  const add = async (what: 'program' | 'folder') => {
    const added = await addBlender(what);
    // Whoever has one for all and shows another means that one.
    if (added !== null && path !== null) onPick(added);
  };
  const forget = async (place: string) => {
    // The chosen one may have been of that place.
    if ((await forgetBlender(place, path)) === null && path !== null) onPick(null);
  };
  return (
    <Field label="Blender" hint={forAllHint(path, known)}>
      {(control) => (
        <>
          <Choice
            {...control}
            value={path ?? ''}
            among={forAllChoices(path, known)}
            onChange={(chosen) => onPick(chosen || null)}
          />
          <Found installs={known} onForget={(place) => void forget(place)} />
          <div className="blender-acts">
            <Button small onClick={() => void add('program')}>
              Add a Blender…
            </Button>
            <Button small onClick={() => void add('folder')}>
              Add a folder…
            </Button>
            <LookAgain />
          </div>
        </>
      )}
    </Field>
  );
}

interface FoundProps {
  /** `null`: nobody has looked yet. */
  readonly installs: BlenderInstalls | null;
  readonly onForget: (place: string) => void;
}

function Found({ installs, onForget }: FoundProps) {
  const home = useLibrary((state) => state.info?.homeDirectory);
  if (installs === null) return <p className="blenders-none">{LOOKING}</p>;
  const { found, silent, added } = installs;
  if (found.length + silent.length === 0) {
    return <p className="blenders-none">None was found. Install Blender, or show where it is.</p>;
  }
  /** The place through which one came here; `null`: it was found without the artist. */
  const placeOf = (path: string) => added.find((place) => isIn(place, path)) ?? null;
  return (
    <section
      className="blenders-scroll"
      aria-label="Blenders found"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <ul className="blenders">
        {found.map(({ path, version, source }) => (
          <li key={path}>
            <span className="blender-version">{version}</span>
            <span className="blender-source">{BLENDER_SOURCE_LABELS[source]}</span>
            <Name className="blender-path">{homePath(folderOf(path), home)}</Name>
            <Forget place={placeOf(path)} onForget={onForget} />
          </li>
        ))}
        {silent.map((each) => (
          <li key={each.path} className="silent">
            <span className="blender-version">
              <TriangleAlert size={14} role="img" aria-label="Does not answer" />
            </span>
            <span className="blender-source">no answer</span>
            <Name className="blender-path">{homePath(folderOf(each.path), home)}</Name>
            <Forget place={placeOf(each.path)} onForget={onForget} />
            <p className="blender-why selectable">{silentText(each)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ForgetProps {
  readonly place: string | null;
  readonly onForget: (place: string) => void;
}

function Forget({ place, onForget }: ForgetProps) {
  if (place === null) return null;
  return (
    <IconButton label={`Remove ${place}`} onClick={() => onForget(place)}>
      <X size={14} aria-hidden="true" />
    </IconButton>
  );
}

function LookAgain() {
  const [looking, setLooking] = useState(false);
  const look = async () => {
    setLooking(true);
    await lookForBlenders(true);
    setLooking(false);
  };
  return (
    <Button small disabled={looking} onClick={() => void look()}>
      {looking ? 'Looking …' : 'Look again'}
    </Button>
  );
}

/** The program in it has the same name everywhere. */
function folderOf(path: string): string {
  return path.replace(/(?:\/Contents\/MacOS\/Blender|[\\/]blender(?:\.exe)?)$/, '');
}

function isIn(place: string, path: string): boolean {
  return path === place || (path.startsWith(place) && /^[\\/]/.test(path.slice(place.length)));
}
