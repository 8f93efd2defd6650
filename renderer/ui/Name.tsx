import { READ_FROM_RIGHT } from '../../shared/safe-text.ts';
import './Name.css';

/** Letters at the end of a long name that stay: there it differs from its neighbours (`_v017`, `_left`). */
const END = 8;
/** A shorter name is cut at its end only. */
const LONG = 20;

interface NameProps {
  readonly children: string;
  readonly className?: string;
}

/**
 * A name that the artist gave. Where there is no room it is cut in its middle, and the pointer that rests on it
 * sees all of it; one that is read from the right turns nothing around that stands beside it.
 */
export function Name({ children, className = '' }: NameProps) {
  const [begin, end] = parts(children);
  if (end === '') {
    return (
      <bdi className={`name ${className}`} title={children}>
        <span className="cut">{begin}</span>
      </bdi>
    );
  }
  return (
    <bdi className={`name ${className}`} title={children}>
      {/* Two parts would be read as two words. */}
      <span className="visually-hidden">{children}</span>
      <span className="cut" aria-hidden="true">
        {begin}
      </span>
      <span className="name-end" aria-hidden="true">
        {end}
      </span>
    </bdi>
  );
}

/** Joined letters of other scripts would come apart where they are cut. */
function parts(name: string): readonly [string, string] {
  if (name.length <= LONG || READ_FROM_RIGHT.test(name)) return [name, ''];
  const letters = [...LETTERS.segment(name)].map(({ segment }) => segment);
  return [letters.slice(0, -END).join(''), letters.slice(-END).join('')];
}

const LETTERS = new Intl.Segmenter();
