/** What a hostile YAML file may look like; yaml-bombs.test.ts has those that the parser's bounds are about. */
export const BOMBS: Readonly<Record<string, string>> = {
  'brackets nested 100,000 deep': `a: ${'['.repeat(100_000)}`,
  'braces nested 100,000 deep': '{a: '.repeat(100_000),
  'lists nested 100,000 deep': '- '.repeat(100_000),
  'questions nested as deep as a file can be': '? '.repeat(490_000),
  'lines nested 1,400 deep': lines(1400, (at) => `${' '.repeat(at)}a:`),
  'a value of a megabyte': `blend: ${'x'.repeat(990_000)}`,
  'a key of a megabyte': `? ${'x'.repeat(990_000)}\n: 1`,
  'a megabyte of escapes': `blend: "${'\\u0041'.repeat(160_000)}"`,
  'a quote that never ends': `blend: "${'a\n'.repeat(490_000)}`,
  'a text of 300,000 lines': `blend: |\n${' a\n'.repeat(320_000)}`,
  'a plain value of 240,000 lines': `a: b\n${'  c\n'.repeat(240_000)}`,
  'a megabyte of spaces': `a:${' '.repeat(980_000)}b`,
  'half a million comments': '#\n'.repeat(490_000),
  'a million empty lines': '\n'.repeat(990_000),
  'a key over and over': 'blend: 1\n'.repeat(9900),
  'keys that are nearly known, as many as fit': `blend: x\n${lines(9000, (at) => `fram${at}s: 1`)}`,
  'keys of 40 letters, as many as fit': lines(9000, (at) => `k${String(at).padStart(39, 'q')}: 1`),
  'aliases, as many as fit': `a: &a 1\nb: [${'*a,'.repeat(18_000)}]`,
  'merges of merges': lines(
    3000,
    (at) => `a${at}: &a${at} {<<: *a${Math.max(0, at - 1)}, k${at}: 1}`,
  ),
  'tags, as many as fit': lines(9000, (at) => `k${at}: !!t${at} x`),
  'a megabyte of binary': `a: !!binary ${'QUFB'.repeat(240_000)}`,
  'documents, as many as fit': '---\na: 1\n'.repeat(9000),
  'directives without end': `${'%TAG !a! tag:x\n'.repeat(60_000)}---\na: 1`,
  'a billion frames': shot('frames: 1-1000000000'),
  'ten billion frames one by one': shot('frames: 1-9999999999x1'),
  'as many frames as there can be': shot('frames: 1-100000'),
  'as many frames backwards in pieces': shot(`frames: ${pieces().join(', ')}`),
  'commas without frames': shot(`frames: "${'1,'.repeat(490_000)}"`),
  'all frames again and again': shot(`frames: "${'1-100000,'.repeat(90_000)}1"`),
  'frames with a long gap': shot(`frames: "1${' '.repeat(980_000)}x"`),
  'digits without end': shot(`frames: "${'1'.repeat(980_000)}x"`),
  'a duration without end': shot(`timeout: "${'1 '.repeat(490_000)}x"`),
  'an engine without end': shot(`render: {engine: "${'A_'.repeat(490_000)}x"}`),
  'a name of dots and spaces': shot(`name: "${'. '.repeat(490_000)}x"`),
  'frame names of hashes': shot(`output: {name: "${'#a'.repeat(490_000)}"}`),
  'frame names of extensions': shot(`output: {name: "${'.png'.repeat(240_000)}"}`),
  'a path of 490,000 folders': shot(`output: {path: "${'a/'.repeat(490_000)}"}`),
  'a path that goes up and down': shot(`output: {path: "${'../a/'.repeat(190_000)}"}`),
  'a path of as many folders as can be': shot(`output: {path: "${'a/'.repeat(2000)}"}`),
  'a base of a megabyte': `extends: ${'x/'.repeat(490_000)}`,
};

function shot(text: string): string {
  return `blend: scene.bin\n${text}`;
}

function lines(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('\n');
}

function pieces(): readonly string[] {
  return Array.from({ length: 1000 }, (_, at) => `${(999 - at) * 100 + 1}-${(1000 - at) * 100}`);
}
