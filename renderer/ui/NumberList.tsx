/** Numbers, each with the words that say what it counts. */
export function NumberList({
  className,
  numbers,
}: {
  readonly className: string;
  readonly numbers: readonly (readonly [value: string, words: string])[];
}) {
  return (
    <dl className={className}>
      {numbers.map(([value, words]) => (
        <div key={words}>
          <dd>{value}</dd>
          <dt>{words}</dt>
        </div>
      ))}
    </dl>
  );
}
