import { MEMORY_LIMIT } from '../../shared/cluster.ts';

const MB_A_GB = 1024;
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

/** MiB, from GB as typed: `16`, `7.5`, `7,5 GB`. `null`: no limit; `undefined`: not a limit. */
export function parseMemory(text: string): number | null | undefined {
  const typed = text.trim().replace(/\s*gb?$/i, '');
  if (typed === '') return text.trim() === '' ? null : undefined;
  if (!/^\d{1,6}([.,]\d{1,3})?$/.test(typed)) return undefined;
  const limit = Math.round(Number(typed.replace(',', '.')) * MB_A_GB);
  return limit >= MEMORY_LIMIT.min && limit <= MEMORY_LIMIT.max ? limit : undefined;
}

/** What `parseMemory` reads back. */
export function memoryText(limitMb: number | null): string {
  return limitMb === null ? '' : String(Math.round((limitMb / MB_A_GB) * 1000) / 1000);
}

function positive(seconds: number): number | undefined {
  return seconds > 0 && seconds <= 31_536_000 ? seconds : undefined;
}
