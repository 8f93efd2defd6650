/** What `electron` is in a test without Electron: nothing that could be called. */
export {};
