import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { hasCode } from '../../has-code.ts';

export type ProcessEntry = {
  /** The arguments, program first, joined by spaces. */
  command: string;
  /** Undefined where it cannot be known: macOS, or a process of another user. */
  workingFolder: string | undefined;
};

/** What runs under this pid. A zombie, which has ended and only waits for its parent to notice, counts as nothing. */
export async function lookUpProcess(pid: number): Promise<ProcessEntry | undefined> {
  return process.platform === 'linux' ? lookUpInProc(pid) : lookUpWithPs(pid);
}

async function lookUpInProc(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name before the state stands in parentheses and may itself contain some.
    const state = stat.at(stat.lastIndexOf(')') + 2);
    if (state === 'Z' || state === 'X') return undefined;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trimEnd();
    return { command, workingFolder: await workingFolderOf(pid) };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function workingFolderOf(pid: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

async function lookUpWithPs(pid: number): Promise<ProcessEntry | undefined> {
  let line: string;
  try {
    line = (
      await promisify(execFile)('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)])
    ).stdout.trim();
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
  const [, state = '', command = ''] = /^(\S+)\s+(.*)$/s.exec(line) ?? [];
  return state === '' || state.startsWith('Z') ? undefined : { command, workingFolder: undefined };
}

/** Living processes whose working folder is `folder`. Linux only; elsewhere empty. */
export async function processesIn(folder: string): Promise<{ pid: number; command: string }[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const found = await Promise.all(pids.map(async (pid) => ({ pid, entry: await lookUpProcess(pid) })));
  return found.flatMap(({ pid, entry }) =>
    entry?.workingFolder === folder ? [{ pid, command: entry.command }] : [],
  );
}

/** Sends the signal and waits; tells whether the process has ended within `milliseconds`. */
export async function endProcess(
  pid: number,
  signal: NodeJS.Signals,
  milliseconds: number,
): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
  const end = performance.now() + milliseconds;
  while ((await lookUpProcess(pid)) !== undefined) {
    if (performance.now() > end) return false;
    await sleep(20);
  }
  return true;
}
