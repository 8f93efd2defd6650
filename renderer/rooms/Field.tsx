import type { ReactNode } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What was typed can't be understood. */
  readonly bad?: boolean;
  readonly children: ReactNode;
}

/** A named control with a line of help under it. */
export function Field({ label, hint, bad = false, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span className="field-label">{label}</span>
      <span className="field-control">
        {children}
        {hint && (
          <span className={bad ? 'field-hint bad' : 'field-hint'}>
            {bad ? `This is not a time. ${hint}` : hint}
          </span>
        )}
      </span>
    </label>
  );
}
