// `docs/blender-versions.md`: what was tried on which Blender. The record beside it keeps what earlier runs
// and other machines found out, so that a run of one Blender does not forget the rest.

/**
 * One Blender in the record.
 * @typedef {object} Row
 * @property {string} id
 * @property {string} from
 * @property {string} [version]
 * @property {string} [build]
 * @property {string} [problem] why it could not be had
 * @property {Record<string, { passed: number, failed: number, failures: { title: string, why: string }[], date: string }>} results
 */

/**
 * The record after one more part of one Blender. What was found on another version of it is no longer true.
 * @param {readonly Row[]} rows
 * @param {Row} row
 * @returns {Row[]} in the order of `order`
 */
export function withRow(rows, row, order) {
  const before = rows.find(({ id }) => id === row.id);
  // What this machine can't have may have been tried on another.
  if (row.problem !== undefined && before?.version !== undefined) return [...rows];
  const kept = before?.version === row.version ? (before?.results ?? {}) : {};
  const merged = { ...row, results: { ...kept, ...row.results } };
  return [...rows.filter(({ id }) => id !== row.id), merged].sort(
    (a, b) => order.indexOf(a.id) - order.indexOf(b.id),
  );
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly { name: string, title: string }[]} parts
 * @param {Readonly<Record<string, string>>} notes what is known to differ, by id
 * @returns {string} Markdown
 */
export function tableText(rows, parts, notes) {
  const heads = ['Blender', 'From', ...parts.map(({ title }) => title), 'Date'];
  const lines = rows.map((row) => cells(row, parts));
  return `# Blender versions

What was run on which Blender, and how it went: tests passed, and after a slash those that failed. A dash was not
run. Written by \`npm run try-blenders\`; the numbers are in \`blender-versions.json\`, and nothing here is written by hand
but what differs.

${[heads, heads.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')}

- **Contract**: \`test/contract\`, what every version has to do. **Blender**: \`test/blender\`. **Engine**, **Security**, **Faults**:
  the files of these folders that start a real Blender. **Sample shots**: the seven of \`assets/sample-shots\`, at a quarter
  of their size, with their scripts and formats.
- A **Python package** is Blender's official build without its own program; \`build/blenders/bpy-launcher.py\` gives it a command line.
  It has OpenImageDenoise, Open Shading Language and USD, which Debian's builds lack.

${rows.map((row) => details(row, parts, notes[row.id])).join('\n\n')}
`;
}

function cells(row, parts) {
  const name =
    row.version === undefined ? row.id : `${row.version}${row.build ? ` (${row.build})` : ''}`;
  if (row.problem !== undefined) {
    return [name, row.from, ...parts.map(() => '–'), `not had: ${row.problem}`];
  }
  const results = parts.map(({ name: part }) => row.results[part]);
  const dates = results.flatMap((result) => (result === undefined ? [] : [result.date])).sort();
  return [name, row.from, ...results.map(cell), dates.at(-1) ?? 'not tried'];
}

function cell(result) {
  if (result === undefined) return '–';
  return result.failed === 0 ? `${result.passed}` : `${result.passed} / **${result.failed}**`;
}

function details(row, parts, note) {
  const title =
    row.version === undefined ? `${row.from} (${row.id})` : `${row.version}, ${row.from}`;
  const failures = parts.flatMap(({ name }) => row.results[name]?.failures ?? []);
  const tried = parts.filter(({ name }) => row.results[name] !== undefined);
  return [
    `## ${title}`,
    '',
    ...(note === undefined ? [] : [note, '']),
    ...(row.problem === undefined ? [] : [`It could not be had: ${row.problem}.`]),
    ...(row.problem === undefined && tried.length > 0 && failures.length === 0
      ? ['Nothing that was run failed.']
      : []),
    ...(row.problem === undefined && tried.length === 0 ? ['Nothing was run on it.'] : []),
    ...(failures.length === 0 ? [] : ['Failed:', '']),
    ...failures.map(
      ({ title: test, why }) => `- ${plain(test)}${why === '' ? '' : ` (${plain(why)})`}`,
    ),
  ]
    .join('\n')
    .trimEnd();
}

/** Words of a test or of Blender are no Markdown, and may name a folder of one machine's. */
function plain(text) {
  return text
    .replace(/(?<![\w.])\/(?:tmp|var|root|home|work|private)\/\S*\//g, '…/')
    .replace(/[\\`*_<>|[\]]/g, '\\$&');
}
