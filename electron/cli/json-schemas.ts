import { z } from 'zod';
import { JOURNAL_VERSION, journalLine } from '../engine/index.ts';
import { jsonLine } from './json-line.ts';
import { JSON_VERSION } from './json-version.ts';
import { resultShape } from './result-schema.ts';

/**
 * What `assets/schemas` holds: file name to text. Their test writes them anew with `vitest -u`; one whose version is past
 * is never written anew.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    [
      `events-${JSON_VERSION}.schema.json`,
      schemaText(jsonLine, {
        title: `A line of --json, version ${JSON_VERSION}`,
        description:
          'What nightshift render, follow, check, queue and seats write with --json, one a line. Pass over kinds of lines, fields and words such as causes that are not here: a newer Nightshift may add some.',
      }),
    ],
    [
      `result-${JSON_VERSION}.schema.json`,
      schemaText(z.object(resultShape), {
        title: `What came of a batch, version ${JSON_VERSION}`,
        description:
          'A BatchResult of the library as JSON; the line batch-finished of --json has the same fields.',
      }),
    ],
    [
      `journal-${JOURNAL_VERSION}.schema.json`,
      schemaText(journalLine, {
        title: `A line of a journal, version ${JOURNAL_VERSION}`,
        description:
          'journal.jsonl of a checkpoint, one a line, the oldest first; crc32 is that of the line as it would be without it. A last line that is cut short was never told as written. Pass over kinds of lines, fields and words such as causes that are not here.',
      }),
    ],
  ]);
}

function schemaText(schema: z.ZodType, about: { title: string; description: string }): string {
  // What is read: further fields may be there.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', override: leaveOut });
  return `${JSON.stringify({ $schema, ...about, ...rest }, null, 2)}\n`;
}

/** What falls back to something where it is missing may be missing. */
function leaveOut({ zodSchema, jsonSchema }: Overridden): void {
  const { def } = zodSchema._zod;
  if (def.type !== 'object' || !jsonSchema.required) return;
  jsonSchema.required = jsonSchema.required.filter(
    (key) => def.shape[key]?._zod.def.type !== 'catch',
  );
}

type Overridden = Parameters<
  NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>
>[0];
