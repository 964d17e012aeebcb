/** As Promise.all, but what runs is awaited before a failure is thrown, so that nobody works on behind the caller's back. */
export async function together<T extends readonly unknown[]>(
  work: {
    [Each in keyof T]: Promise<T[Each]>;
  },
): Promise<T> {
  await Promise.allSettled(work);
  return (await Promise.all(work)) as unknown as T;
}
