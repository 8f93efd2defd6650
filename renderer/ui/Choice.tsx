interface ChoiceProps<T extends string> {
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string;
  readonly value: T;
  /** Values with their words, in the order in which they are shown. */
  readonly among: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ among, onChange, ...rest }: ChoiceProps<T>) {
  return (
    <select {...rest} className="input" onChange={(event) => onChange(event.target.value as T)}>
      {Object.entries<string>(among).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}
