import { type ReactNode, useId } from 'react';

/** What ties a control to its label and its line of help. */
interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string;
}

interface FieldProps {
  readonly label: string;
  readonly hint: string;
  /** The line of help says what is wrong. */
  readonly bad?: boolean;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A named control with a line of help under it. */
export function Field({ label, hint, bad = false, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="field">
      <label className="field-label muted" htmlFor={id}>
        {label}
      </label>
      <div className="field-control">
        {children({ id, 'aria-describedby': hintId })}
        <span id={hintId} className={bad ? 'field-hint aside bad' : 'field-hint aside'}>
          {hint}
        </span>
      </div>
    </div>
  );
}
