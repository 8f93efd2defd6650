/** A block of code of a Markdown document. */
interface Block {
  readonly language: string;
  readonly code: string;
}

/** A program of a document. */
export interface Example {
  /** Such as `example-3`. */
  readonly name: string;
  readonly code: string;
  /** What stands below it as its output; `null`: nothing is said of that. */
  readonly prints: string | null;
}

const BLOCK = /^```(\w+)\n(.*?)^```$/gmsu;

/** The blocks of a document in a language. */
export function blocksOf(text: string, language: string): readonly Block[] {
  return allBlocks(text).filter((block) => block.language === language);
}

/** Its programs in TypeScript, each with the `text` that follows it. */
export function examplesOf(text: string): readonly Example[] {
  const blocks = allBlocks(text);
  return blocks.flatMap(({ language, code }, index) => {
    if (language !== 'ts') return [];
    const next = blocks[index + 1];
    const prints = next?.language === 'text' ? next.code : null;
    return [{ name: `example-${index + 1}`, code, prints }];
  });
}

function allBlocks(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(([, language = '', code = '']) => ({ language, code }));
}
