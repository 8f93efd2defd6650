import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Markdown as GitHub shows it, raw HTML let through so that a test would see it. */
export function rendered(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** The names of all tags in some HTML, once each, sorted. */
export function tagsOf(html: string): readonly string[] {
  const names = [...html.matchAll(/<([a-z][a-z0-9]*)/giu)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}

/** What a person reads of some HTML. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** The cells of every table, as text. */
export function tablesOf(html: string): readonly (readonly (readonly string[])[])[] {
  return [...html.matchAll(/<table>(.*?)<\/table>/gsu)].map(([, table]) =>
    [...(table ?? '').matchAll(/<tr>(.*?)<\/tr>/gsu)].map(([, row]) =>
      [...(row ?? '').matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gsu)].map(([, cell]) =>
        textOf(cell ?? ''),
      ),
    ),
  );
}
