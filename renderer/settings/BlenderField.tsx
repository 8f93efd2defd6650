import { TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import {
  BLENDER_SOURCE_LABELS,
  type BlenderInstall,
  type BlenderInstalls,
  installTitle,
  type SilentBlender,
} from '../../shared/blender-install.ts';
import { addBlender, forgetBlender, lookForBlenders } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
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
  if (installs === null) return <p className="blenders-none muted">{LOOKING}</p>;
  const { found, silent, added } = installs;
  if (found.length + silent.length === 0) {
    return (
      <p className="blenders-none muted">None was found. Install Blender, or show where it is.</p>
    );
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
            <span className="muted">{BLENDER_SOURCE_LABELS[source]}</span>
            <Name className="blender-path aside">{homePath(folderOf(path), home)}</Name>
            <Forget place={placeOf(path)} onForget={onForget} />
          </li>
        ))}
        {silent.map((each) => (
          <li key={each.path} className="silent">
            <span className="blender-version">
              <TriangleAlert size={14} role="img" aria-label="Does not answer" />
            </span>
            <span className="muted">no answer</span>
            <Name className="blender-path aside">{homePath(folderOf(each.path), home)}</Name>
            <Forget place={placeOf(each.path)} onForget={onForget} />
            <p className="blender-why muted selectable">{silentText(each)}</p>
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

/**
 * Which Blender renders all shots, as the settings offer it: words by path; the empty path stands for none of them.
 * @param installs `null`: nobody has looked yet
 */
export function forAllChoices(
  path: string | null,
  installs: BlenderInstalls | null,
): Readonly<Record<string, string>> {
  if (installs === null) {
    // The environment may name one: nobody knows yet what counts where nothing is chosen.
    return path === null ? { '': LOOKING } : { '': 'None of them for all', [path]: path };
  }
  const { found, silent } = installs;
  const among = found.map((each) => {
    // It stands first already; here it is meant to stay when the variable goes.
    const title = each.source === 'variable' ? `Blender ${each.version}` : installTitle(each);
    const where = each.source === 'variable' ? ` (${each.path})` : '';
    return [each.path, `All by ${title}${where}`];
  });
  const choices = { '': unlessChosen({ found, silent }), ...Object.fromEntries(among) };
  if (path === null || path in choices) return choices;
  const isSilent = silent.some((each) => each.path === path);
  return { ...choices, [path]: `${path} (${isSilent ? 'does not answer' : 'not found'})` };
}

/** While nobody knows yet which Blenders there are. */
const LOOKING = 'Looking for Blenders …';

/** Under that choice. */
export function forAllHint(path: string | null, installs: BlenderInstalls | null): string {
  const { found = [], silent = [] } = installs ?? {};
  if (path !== null) return 'Shots that a newer Blender saved are not rendered by an older one.';
  if ([...found, ...silent].some(isOfVariable)) {
    return 'The environment variable NIGHTSHIFT_BLENDER says so. What is chosen here goes before it.';
  }
  return found.length > 1
    ? 'Where that version is not here, the next newer one renders it and says so.'
    : '';
}

function unlessChosen({ found, silent }: Pick<BlenderInstalls, 'found' | 'silent'>): string {
  const named = found.find(isOfVariable);
  if (named) return `All by ${installTitle(named)}`;
  if (silent.some(isOfVariable))
    return 'All by the one of NIGHTSHIFT_BLENDER, which does not answer';
  return 'Each shot by the Blender that saved it';
}

function isOfVariable({ source }: Pick<BlenderInstall, 'source'>): boolean {
  return source === 'variable';
}

/** Why one does not answer, what it said last, and what to do. */
export function silentText({ path, failure }: SilentBlender): string {
  const { message, nextStep, evidence } = failure;
  // The first line is ours.
  const said = evidence.length > 1 ? evidence.at(-1) : undefined;
  // Its path stands above.
  const why = message.replace(path, () => 'this');
  return [why, said && `It said: ${said.replace(/\.$/, '')}.`, nextStep].filter(Boolean).join(' ');
}
