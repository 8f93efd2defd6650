/** One argument as a shell reads it back, whatever is in it. */
export type Quote = (argument: string) => string;

/** For sh, bash and zsh. Control characters need `$'…'` (POSIX 2024), all else plain quotes. */
export function quotePosix(argument: string): string {
  if (/^[\w@%+=:,./-]+$/u.test(argument) && !argument.startsWith('=')) return argument;
  if (HARMFUL.test(argument)) return `$'${[...argument].map(octal).join('')}'`;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

/** For PowerShell 5 and later, which takes typographic quotes for quotes too. */
export function quotePowerShell(argument: string): string {
  if (/^(?:--?[a-z][a-z-]*|\w[\w:./\\-]*)$/iu.test(argument)) return argument;
  if (HARMFUL.test(argument)) return `"${[...argument].map(expression).join('')}"`;
  return `'${argument.replace(/['\u2018\u2019\u201A\u201B]/gu, '$&$&')}'`;
}

// What a person can't see must not stand bare in a line that is to be copied.
const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

function octal(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!HARMFUL.test(character)) return character;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

function expression(character: string): string {
  if (/["$`\u201C\u201D\u201E]/u.test(character)) return `\`${character}`;
  if (!HARMFUL.test(character)) return character;
  return `$([char]0x${character.charCodeAt(0).toString(16)})`;
}
