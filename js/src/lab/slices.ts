/** Work that can rest between its steps. */
export type Work<T> = Generator<void, T>;

/** Milliseconds of work after which the page has its turn. */
const SLICE = 12;

/** All of it at once. */
export function drained<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** A slice at a time, until `signal` aborts. */
export async function sliced<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const { done, value } = work.next();
      if (done) return value;
    }
    await turn();
    signal.throwIfAborted();
  }
}

/** Until others had their turn: a timer would wait for some milliseconds more. */
export const turn = (): Promise<unknown> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
