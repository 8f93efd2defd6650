import { safeStorage } from 'electron';
import type { Safe } from '../stores/telling.ts';

/** Encrypts with what the system keeps for this user: Keychain, DPAPI, or the secret store of a Linux desktop. */
export const systemSafe: Safe = {
  isAvailable: () => safeStorage.isEncryptionAvailable() && !isPretended(),
  lock: (text) => safeStorage.encryptString(text).toString('base64'),
  unlock: (locked) => safeStorage.decryptString(Buffer.from(locked, 'base64')),
};

/** Without a secret store Linux would encrypt with a password that everybody knows. */
function isPretended(): boolean {
  return process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
}
