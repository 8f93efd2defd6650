export interface ElectronInfo {
  readonly path: string;
  readonly version: string;
  readonly source: 'electron-package' | 'npm-fallback';
}
export function electronInfo(): ElectronInfo;
export function electronPath(): string;
export function readElectronRecord(): ElectronInfo | undefined;
