import { chooseBlender } from '../actions/settings-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from './Field.tsx';

interface BlenderFieldProps {
  /** `null`: the newest that was found. */
  readonly path: string | null;
  readonly onPick: (path: string | null) => void;
}

/** The Blender installs found, and a way to show another. */
export function BlenderField({ path, onPick }: BlenderFieldProps) {
  const blenders = useLibrary((state) => state.blenders) ?? [];
  const listed = path === null || blenders.some((blender) => blender.path === path);
  const choose = async () => {
    const chosen = await chooseBlender();
    if (chosen) onPick(chosen.path);
  };
  return (
    <Field label="Blender">
      {(control) => (
        <div className="field-pick">
          <select
            {...control}
            className="input"
            value={path ?? ''}
            onChange={(event) => onPick(event.target.value || null)}
          >
            <option value="">
              {blenders[0] ? `The newest found, ${blenders[0].version}` : 'None found'}
            </option>
            {blenders.map((blender) => (
              <option key={blender.path} value={blender.path}>
                Blender {blender.version} · {blender.path}
              </option>
            ))}
            {!listed && <option value={path}>{path} (not found)</option>}
          </select>
          <Button onClick={() => void choose()}>Choose…</Button>
        </div>
      )}
    </Field>
  );
}
