import { chooseOutput } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { homePath } from '../text/paths.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from './Field.tsx';

interface OutputFieldProps {
  /** `null`: in the shot folders themselves. */
  readonly path: string | null;
  readonly onPick: (path: string | null) => void;
}

/** Where the frames of shot folders go that are opened from now on. */
export function OutputField({ path, onPick }: OutputFieldProps) {
  const home = useLibrary((state) => state.info?.homeDirectory);
  const choose = async () => {
    const chosen = await chooseOutput();
    if (chosen) onPick(chosen);
  };
  const hint =
    path === null
      ? 'Where a shot file says “output: path”, that counts.'
      : 'One folder in it for each shot folder. Batches of the list keep their place.';
  return (
    <Field label="Frames go to" hint={hint}>
      {(control) => (
        <div className="field-pick">
          <select
            {...control}
            className="input"
            value={path ?? ''}
            onChange={(event) => onPick(event.target.value || null)}
          >
            <option value="">renders, in the shot folder</option>
            {path !== null && <option value={path}>{homePath(path, home)}</option>}
          </select>
          <Button onClick={() => void choose()}>Choose…</Button>
        </div>
      )}
    </Field>
  );
}
