import { Composer, CST, type Document, Lexer, LineCounter, Parser, type YAMLError } from 'yaml';
import { flawed, type ShotError } from './shot-error.ts';
import type { Place, SourceFile } from './tree.ts';

/** Bounds of the work on one file, far above any real shot: pieces of text, and depth of nesting. */
export const MAX_TOKENS = 40_000;
export const MAX_DEPTH = 64;

export interface ParsedYaml {
  /** Usable in part where there is an error; `null`: an empty file. */
  readonly document: Document | null;
  readonly error: ShotError | null;
  readonly warnings: readonly { readonly place: Place; readonly message: string }[];
  placeAt(offset: number): Place;
}

/**
 * Parses YAML 1.2 into a document with positions. The work is bounded before the library composes,
 * since deep nesting overflows its stack in a way that can end the whole process.
 * Throws a `ShotError` only where a bound is exceeded; other errors are in the answer.
 */
export function parseYaml(text: string, file: SourceFile): ParsedYaml {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const tokens = isSmall(text) ? plainTokens(text, lines) : tokensOf(text, lines, placeAt);
  const composer = new Composer({
    // Compared by pairs, which is slow in a hostile file; shot-tree.ts looks for them itself.
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document = null, second] = documents;
  const [error] = document?.errors ?? [];
  return {
    document: document?.contents ? document : null,
    error: error
      ? flawed(placeAt(error.pos[0]), sentence(error))
      : second
        ? flawed(placeAt(second.range[0]), 'A second document begins here; one file is one shot.')
        : null,
    warnings: (document?.warnings ?? []).map((warning) => ({
      place: placeAt(warning.pos[0]),
      message: sentence(warning),
    })),
    placeAt,
  };
}

/**
 * Whether a text can't exceed a bound: each level of nesting takes a sign of its own, and no letter makes
 * more than a few pieces.
 */
function isSmall(text: string): boolean {
  return text.length * 4 < MAX_TOKENS && (text.match(/[:?{[-]/g)?.length ?? 0) < MAX_DEPTH;
}

function plainTokens(text: string, lines: LineCounter): Iterable<CST.Token> {
  return new Parser(lines.addNewLine).parse(text);
}

function tokensOf(
  text: string,
  lines: LineCounter,
  placeAt: (offset: number) => Place,
): readonly CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let count = 0;
  let offset = 0;
  let open = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const type = CST.tokenType(lexeme);
    if (type === 'flow-map-start' || type === 'flow-seq-start') open += 1;
    if (type === 'flow-map-end' || type === 'flow-seq-end') open -= 1;
    count += 1;
    if (open > MAX_DEPTH) throw tooDeep(placeAt(offset));
    if (count > MAX_TOKENS) {
      throw flawed(placeAt(offset), 'This file is far too long for a shot; nothing of it is read.');
    }
    tokens.push(...parser.next(lexeme));
    offset = parser.offset;
  }
  tokens.push(...parser.end());
  checkDepth(tokens, placeAt);
  return tokens;
}

/** Without recursion, since the nesting is what is being measured. */
function checkDepth(tokens: readonly CST.Token[], placeAt: (offset: number) => Place): void {
  const waiting = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) throw tooDeep(placeAt(token.offset));
    for (const child of childrenOf(token)) waiting.push({ token: child, depth: depth + 1 });
  }
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
}

function tooDeep(place: Place): ShotError {
  return flawed(place, `This file nests deeper than ${MAX_DEPTH} levels, which no shot does.`);
}

const SENTENCES: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'A tab stands where spaces belong; YAML is indented with spaces only.',
  BAD_INDENT: 'This line is indented differently from the lines that it belongs to.',
  MULTIPLE_DOCS: 'A second document begins here; one file is one shot.',
  TAG_RESOLVE_FAILED:
    'A YAML tag (a word that begins with !) means nothing in a shot; it is left out.',
  NON_STRING_KEY: 'A key has to be plain text.',
  MULTILINE_IMPLICIT_KEY: 'A key has to stand on one line; perhaps a colon is missing.',
  BLOCK_AS_IMPLICIT_KEY: 'Two keys stand on one line; start a new line for each.',
  BAD_SCALAR_START:
    'This text begins with a character that YAML keeps for itself; put it in quotes.',
  BAD_DQ_ESCAPE: 'In double quotes a \\ begins an escape; write / in paths, or use single quotes.',
};

/** A list or keys on one line that go on and on: what the parser says of that is told by its code as a wrong indent. */
const OPEN_BRACKET = /end with a ([\]}])$/;

function sentence(error: YAMLError): string {
  const [, end] = OPEN_BRACKET.exec(error.message) ?? [];
  if (end) {
    return `A ${end === ']' ? '[' : '{'} before this is not closed: its ${end} is missing, or stands too far left.`;
  }
  const known = SENTENCES[error.code];
  if (known !== undefined) return known;
  const [first = ''] = error.message.split('\n');
  return `YAML can't be read here: ${first.replace(/\.$/, '')}.`;
}
