import { TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import {
  BLENDER_SOURCE_LABELS,
  type BlenderInstall,
  type BlenderInstalls,
} from '../../shared/blender-install.ts';
import { addBlender, forgetBlender, lookForBlenders } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { installTitle } from '../text/blender-text.ts';
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

const NONE: BlenderInstalls = { found: [], silent: [], added: [] };

/** By which Blender shots are rendered, all that were found, and a way to show others. */
export function BlenderField({ path, onPick }: BlenderFieldProps) {
  const known = useLibrary((state) => state.blenders);
  const { found } = known ?? NONE;
  const among = Object.fromEntries(
    found.map((each) => [each.path, `All by ${installTitle(each)}`]),
  );
  const lost = path === null || path in among ? {} : { [path]: `${path} (not found)` };
  const add = async (what: 'program' | 'folder') => {
    const added = await addBlender(what);
    // Whoever has one for all and shows another means that one.
    if (added !== null && path !== null) onPick(added);
  };
  return (
    <Field label="Blender" hint={hintOf(path, found)}>
      {(control) => (
        <>
          <Choice
            {...control}
            value={path ?? ''}
            among={{ '': 'Each shot by the Blender that saved it', ...among, ...lost }}
            onChange={(chosen) => onPick(chosen || null)}
          />
          <Found installs={known} onForgotten={(forgotten) => forgotten === path && onPick(null)} />
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

function hintOf(path: string | null, found: readonly BlenderInstall[]): string {
  if (path !== null) return 'Shots that a newer Blender saved are not rendered by an older one.';
  return found.length > 1
    ? 'Where that version is not here, the next newer one renders it and says so.'
    : '';
}

interface FoundProps {
  /** `null`: nobody has looked yet. */
  readonly installs: BlenderInstalls | null;
  readonly onForgotten: (path: string) => void;
}

function Found({ installs, onForgotten }: FoundProps) {
  const home = useLibrary((state) => state.info?.homeDirectory);
  if (installs === null) return <p className="blenders-none">Looking for Blenders …</p>;
  const { found, silent, added } = installs;
  if (found.length + silent.length === 0) {
    return <p className="blenders-none">None was found. Install Blender, or show where it is.</p>;
  }
  const forget = async (place: string, path: string) => {
    await forgetBlender(place);
    onForgotten(path);
  };
  /** The place through which one came here; `null`: it was found without the artist. */
  const placeOf = (path: string) => added.find((place) => isIn(place, path)) ?? null;
  return (
    <ul className="blenders" aria-label="Blenders found">
      {found.map(({ path, version, source }) => (
        <li key={path}>
          <span className="blender-version">{version}</span>
          <span className="blender-source">{BLENDER_SOURCE_LABELS[source]}</span>
          <Name className="blender-path">{homePath(folderOf(path), home)}</Name>
          <Forget place={placeOf(path)} path={path} onForget={forget} />
        </li>
      ))}
      {silent.map(({ path, failure }) => (
        <li key={path} className="silent" title={failure.message}>
          <span className="blender-version">
            <TriangleAlert size={14} role="img" aria-label="Does not answer" />
          </span>
          <span className="blender-source">no answer</span>
          <Name className="blender-path">{homePath(folderOf(path), home)}</Name>
          <Forget place={placeOf(path)} path={path} onForget={forget} />
        </li>
      ))}
    </ul>
  );
}

interface ForgetProps {
  readonly place: string | null;
  readonly path: string;
  readonly onForget: (place: string, path: string) => Promise<void>;
}

function Forget({ place, path, onForget }: ForgetProps) {
  if (place === null) return null;
  return (
    <IconButton label={`Remove ${place}`} onClick={() => void onForget(place, path)}>
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
