import { chooseOutput } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { homePath } from '../text/paths.ts';
import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Field } from './Field.tsx';

interface OutputFieldProps {
  /** `null`: in the shot folders themselves. */
  readonly path: string | null;
  readonly onPick: (path: string | null) => void;
}

/** Where the frames of shot folders go that are opened from now on. */
export function OutputField({ path, onPick }: OutputFieldProps) {
  const home = useLibrary((state) => state.info?.homeDirectory);
  const hint =
    path === null
      ? 'Where a shot file says “output: path”, that counts.'
      : 'One folder in it for each shot folder. Batches of the list keep their place.';
  return (
    <PathField
      label="Frames go to"
      hint={hint}
      path={path}
      otherwise="renders, in the shot folder"
      among={path === null ? {} : { [path]: homePath(path, home) }}
      choose={chooseOutput}
      onPick={onPick}
    />
  );
}

interface PathFieldProps {
  readonly label: string;
  readonly hint?: string;
  /** `null`: what is taken where none is chosen. */
  readonly path: string | null;
  /** The words for `null`. */
  readonly otherwise: string;
  /** Paths that can be chosen, with their words. */
  readonly among: Readonly<Record<string, string>>;
  /** Asks the system for another one. `null`: none was chosen. */
  readonly choose: () => Promise<string | null>;
  readonly onPick: (path: string | null) => void;
}

/** A path out of a few, and a way to show another. */
function PathField(props: PathFieldProps) {
  const { label, hint, path, otherwise, among, choose, onPick } = props;
  const chooseOther = async () => {
    const chosen = await choose();
    if (chosen !== null) onPick(chosen);
  };
  return (
    <Field label={label} {...(hint && { hint })}>
      {(control) => (
        <div className="field-pick">
          <Choice
            {...control}
            value={path ?? ''}
            among={{ '': otherwise, ...among }}
            onChange={(chosen) => onPick(chosen || null)}
          />
          <Button onClick={() => void chooseOther()}>Choose…</Button>
        </div>
      )}
    </Field>
  );
}
