/** Milliseconds that this thread computed for it; what other programs do meanwhile does not count. The lesser of two. */
export function cpuMsOf(work: () => unknown): number {
  const once = (): number => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
  return Math.min(once(), once());
}
