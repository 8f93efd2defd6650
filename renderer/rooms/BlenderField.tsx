import { chooseBlender } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { PathField } from './PathField.tsx';

interface BlenderFieldProps {
  /** `null`: the newest that was found. */
  readonly path: string | null;
  readonly onPick: (path: string | null) => void;
}

/** The Blender installs found, and a way to show another. */
export function BlenderField({ path, onPick }: BlenderFieldProps) {
  const blenders = useLibrary((state) => state.blenders) ?? [];
  const found = Object.fromEntries(
    blenders.map((each) => [each.path, `Blender ${each.version} · ${each.path}`]),
  );
  const lost = path === null || path in found ? {} : { [path]: `${path} (not found)` };
  return (
    <PathField
      label="Blender"
      path={path}
      otherwise={blenders[0] ? `The newest found, ${blenders[0].version}` : 'None found'}
      among={{ ...found, ...lost }}
      choose={async () => (await chooseBlender())?.path ?? null}
      onPick={onPick}
    />
  );
}
