/** A Python file as text, put into the bundle by Vite. */
declare module '*.py?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: this is how Vite exports it
  export default text;
}
