import { Field } from './Field.tsx';
import { parseMemory } from './limit.ts';

interface MemoryFieldProps {
  /** As typed, in GB. */
  readonly text: string;
  /** Of this computer, in GB; `null`: not known yet. */
  readonly has: number | null;
  readonly onChange: (text: string) => void;
}

/** What the workers may use together. */
export function MemoryField({ text, has, onChange }: MemoryFieldProps) {
  const machine = has === null ? '' : ` This computer has ${has} GB.`;
  return (
    <Field
      label="Memory limit"
      what="a number of GB"
      hint={`GB that all workers may use together. Empty: what is free.${machine}`}
      bad={parseMemory(text) === undefined}
    >
      {(control) => (
        <input
          {...control}
          className="input short"
          inputMode="decimal"
          value={text}
          placeholder="None"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
