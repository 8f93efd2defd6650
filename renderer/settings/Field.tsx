import { type ReactNode, useId } from 'react';

/** What ties a control to its label and its line of help. */
interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What was typed can't be understood. */
  readonly bad?: boolean;
  /** What it should have been. */
  readonly what?: string;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A named control with a line of help under it. */
export function Field({ label, hint = '', bad = false, what = 'a time', children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="field-control">
        {children({ id, 'aria-describedby': hintId })}
        <span id={hintId} className={bad ? 'field-hint bad' : 'field-hint'}>
          {bad ? `This is not ${what}. ${hint}` : hint}
        </span>
      </div>
    </div>
  );
}

interface NumberInputProps extends FieldControl {
  readonly value: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

/** A whole number from 0; what is typed beyond its bounds is put back inside. */
export function NumberInput({ max, onChange, ...rest }: NumberInputProps) {
  return (
    <input
      {...rest}
      type="number"
      className="input short"
      min={0}
      max={max}
      step={1}
      onChange={(event) =>
        onChange(Math.min(max, Math.max(0, Math.round(event.target.valueAsNumber || 0))))
      }
    />
  );
}
