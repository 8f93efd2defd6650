const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A time limit as typed: `90s`, `20m`, `1h 30m`, or plain seconds. `null`: none; `undefined`: not a time. */
export function parseLimit(text: string): number | null | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === '') return null;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return positive(Number(trimmed));
  if (!/^(\d+(\.\d+)?\s*[smhd]\s*)+$/.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([smhd])/g)];
  return positive(
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? 0), 0),
  );
}

/** The text that `parseLimit` reads back: `2h`, `1h 30m`. */
export function limitText(seconds: number | null): string {
  if (seconds === null) return '';
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, size] of [
    ['h', 3600],
    ['m', 60],
  ] as const) {
    const whole = Math.floor(left / size);
    if (whole > 0) parts.push(`${whole}${unit}`);
    left -= whole * size;
  }
  if (left > 0 || parts.length === 0) parts.push(`${left}s`);
  return parts.join(' ');
}

function positive(seconds: number): number | undefined {
  return seconds > 0 && seconds <= 31_536_000 ? seconds : undefined;
}
