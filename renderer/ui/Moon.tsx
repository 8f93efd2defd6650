/** The mark. */
export function Moon({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="var(--accent)" aria-hidden="true">
      <path d="M11.2 2.5a9.8 9.8 0 1 0 11 12.6A8.3 8.3 0 0 1 11.2 2.5Z" />
    </svg>
  );
}
