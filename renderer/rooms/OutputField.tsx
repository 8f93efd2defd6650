import { chooseOutput } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { homePath } from '../text/paths.ts';
import { PathField } from './PathField.tsx';

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
