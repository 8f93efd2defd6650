import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/**
 * Returns a report as one HTML file that can be sent: pictures inside, no script, nothing fetched. Raw HTML in the
 * Markdown stays text.
 * @param markdown with links to `PICTURES/name`, for files in `folder`
 */
export async function reportPage(markdown: string, folder: string): Promise<string> {
  // Loads only when a page is written.
  const [{ micromark }, { gfm, gfmHtml }] = await Promise.all([
    import('micromark'),
    import('micromark-extension-gfm'),
  ]);
  const body = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  const title =
    /<h1>(.*?)<\/h1>/su.exec(body)?.[1]?.replace(/<[^>]*>/gu, '') ?? 'Nightshift report';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${await withPictures(body, folder)}
</main>
</body>
</html>
`;
}

/** Links to pictures begin with this folder. */
export const PICTURES = 'pictures';

async function withPictures(html: string, folder: string): Promise<string> {
  const parts = html.split(/(?<=<img src=")pictures\/([^"]+)(?=")/u);
  const inside = parts.map(async (part, index) => {
    // Every second part is a link.
    if (index % 2 === 0) return part;
    const name = basename(decodeURIComponent(part.replaceAll('&amp;', '&')));
    const type = extname(name) === '.svg' ? 'image/svg+xml' : 'image/jpeg';
    return `data:${type};base64,${await readFile(join(folder, name), 'base64')}`;
  });
  return (await Promise.all(inside)).join('');
}

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: light-dark(#1b1f24, #e6e8eb); background: light-dark(#ffffff, #15171b); }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; }
h2 { margin-top: 36px; font-size: 18px; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px; border: 1px solid light-dark(#e0e3e7, #2c3138); text-align: start; vertical-align: top; }
th[align="right"], td[align="right"] { text-align: end; }
img { max-width: 100%; border-radius: 4px; }
pre { overflow-x: auto; padding: 12px; border-radius: 6px; background: light-dark(#f3f4f6, #1b1e23); }
code { font: 13px ui-monospace, monospace; }
a { color: light-dark(#2f63d8, #7aa7ff); }
`;
