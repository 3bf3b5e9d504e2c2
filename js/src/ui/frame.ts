/** Runs `work` at most once per animation frame, however often it is asked for, and never after `signal` aborts. */
export function perFrame(signal: AbortSignal, work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked || signal.aborted) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (!signal.aborted) work();
    });
  };
}
