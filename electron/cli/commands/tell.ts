import { Argument, Command } from 'commander';
import { printable } from '../../../shared/safe-text.ts';
import { SERVICES, TELLING_EVENTS } from '../../../shared/telling.ts';
import { WALL_CLOCK } from '../../engine/index.ts';
import { samplePicture } from '../../telling/picture.ts';
import { previewOf } from '../../telling/preview.ts';
import { tell } from '../../telling/teller.ts';
import { sampleWords, testWords } from '../../telling/words.ts';
import { EXIT } from '../exit-codes.ts';
import { path } from '../option-values.ts';
import type { Output, Session } from '../output.ts';
import { readTellFile } from '../tell-file.ts';

export function tellCommand(session: Session): Command {
  return new Command('tell')
    .description('Try the places elsewhere that render --tell tells of the night')
    .addArgument(
      new Argument(
        '<what>',
        'test sends each place a message, preview only shows what it would be sent',
      ).choices(['test', 'preview']),
    )
    .argument('<file>', 'the file that says where', path)
    .addHelpText('after', HELP)
    .action(async (what: 'test' | 'preview', file: string) => {
      const { output } = session;
      session.exitCode = what === 'test' ? await test(file, output) : await preview(file, output);
    });
}

const HELP = `
The file is JSON. Each place says its service, what that asks for, and what it is told:

  { "places": [ { "service": "ntfy", "fields": { "topic": "a-name-that-nobody-guesses" },
                  "events": ["failed", "done", "stalled"], "picture": true } ],
    "stalledMinutes": 60 }

Services and their fields:
${Object.entries(SERVICES)
  .map(
    ([name, { fields }]) =>
      `  ${name.padEnd(9)} ${Object.entries(fields).map(fieldWord).join(', ')}`,
  )
  .join('\n')}
Events: ${TELLING_EVENTS.join(', ')}. "plainHttp": true allows http:// within your own network.

Examples:
  nightshift tell preview tell.json
  nightshift tell test tell.json
  nightshift render shots --tell tell.json`;

function fieldWord([name, facts]: [string, { readonly optional?: boolean }]): string {
  return facts.optional ? `[${name}]` : name;
}

/** Sends each place a message, once. */
async function test(file: string, output: Output): Promise<number> {
  const { places } = await readTellFile(file, output);
  const picture = await samplePicture();
  const means = { fetch, clock: WALL_CLOCK, signal: output.unread };
  let code: number = EXIT.done;
  for (const place of places) {
    const told = await tell(place, { ...testWords(), picture }, means, []);
    const { name } = SERVICES[place.service];
    output.line(told.ok ? `${name}: told.` : `${name}: not told. ${told.why}`);
    if (!told.ok) code = EXIT.failed;
  }
  return code;
}

/** Shows each place's messages, and sends nothing. */
async function preview(file: string, output: Output): Promise<number> {
  const { places } = await readTellFile(file, output);
  const picture = await samplePicture();
  for (const place of places) {
    output.line(output.paint('bold', SERVICES[place.service].name));
    for (const event of place.events) {
      const shown = previewOf(place, { ...sampleWords(event), picture });
      const lines = [shown.request, ...shown.headers, ...shown.body.split('\n')];
      output.line(lines.map((line) => `  ${printable(line)}`).join('\n'));
      output.line('');
    }
  }
  return EXIT.done;
}
