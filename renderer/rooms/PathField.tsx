import { Button } from '../ui/Button.tsx';
import { Choice } from '../ui/Choice.tsx';
import { Field } from './Field.tsx';

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
export function PathField(props: PathFieldProps) {
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
