/** The element of a row, so that the grid can point to its active one. */
export function rowElementId(jobId: string): string {
  return `job-${jobId}`;
}
