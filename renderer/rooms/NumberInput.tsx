import type { FieldControl } from './Field.tsx';

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
