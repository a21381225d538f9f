const begun = new Map<string, Promise<unknown>>();

/**
 * Stands in for Vite's helper (vite.config.ts): loads a module with the files that it needs,
 * at once and not one after the other. `files` are paths below the origin. Rejects when a style sheet or the module
 * cannot be had; the next call tries again.
 */
export async function __vitePreload<Module>(
  load: () => Promise<Module>,
  files: readonly string[] = [],
): Promise<Module> {
  await Promise.all(files.map((file) => begun.get(file) ?? fetchFile(file)));
  return load();
}

function fetchFile(file: string): Promise<unknown> {
  const link = document.createElement('link');
  const isStyle = file.endsWith('.css');
  link.rel = isStyle ? 'stylesheet' : 'modulepreload';
  link.href = `/${file}`;
  const done = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      begun.delete(file);
      reject(new Error(`${file} cannot be had`));
    };
    // Who needs a module waits for it by itself.
    if (!isStyle) resolve(undefined);
  });
  begun.set(file, done);
  document.head.append(link);
  return done;
}
