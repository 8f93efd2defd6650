import { nameParts } from '../../shared/name-parts.ts';
import './Name.css';

interface NameProps {
  readonly children: string;
  readonly className?: string;
  /** What the names beside it begin with as well: it is quiet, and the first to go. */
  readonly common?: string;
}

/**
 * A name that the artist gave. Where there is no room what it has in common goes first, then the rest; the shot's number,
 * the version or its last letters stay, and the pointer that rests on it sees all of it. One that is read from the right
 * turns nothing around that stands beside it.
 */
export function Name({ children, className = '', common = '' }: NameProps) {
  const parts = nameParts(children, common);
  const [only] = parts;
  if (parts.length < 2) {
    return (
      <bdi className={`name ${className}`} title={children}>
        <span className={only?.kind === 'key' ? 'name-key' : 'cut'}>{children}</span>
      </bdi>
    );
  }
  return (
    <bdi className={`name ${className}`} title={children}>
      {/* Several parts would be read as several words. */}
      <span className="visually-hidden">{children}</span>
      {parts.map(({ text, kind }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a name have nothing else, and stand in their order
          key={index}
          className={PART_CLASS[kind]}
          // The longest gives way first: of a short one a sliver would be left.
          style={kind === 'rest' ? { flexShrink: text.length } : undefined}
          aria-hidden="true"
        >
          {text}
        </span>
      ))}
    </bdi>
  );
}

const PART_CLASS = { common: 'name-common cut', rest: 'cut', key: 'name-key' } as const;
