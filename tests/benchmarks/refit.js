// Changes a prior in a page, again and again: milliseconds until the sampled posterior is on screen, and the main thread's long tasks.
async ([label, values]) => {
  const status = document.querySelector(".glm-panel [role=status][aria-label=Refit]");
  const field = document.querySelector(`.glm-panel [aria-label="${label}"]`);
  const turn = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  const long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  /** Once the status says so in a frame, that frame has been drawn in the turn after it. */
  const until = (word, before) => new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!status.textContent.startsWith(word) || status.textContent === before) return;
      observer.disconnect();
      void turn().then(() => resolve(performance.now()));
    });
    observer.observe(status, { childList: true, characterData: true, subtree: true });
  });
  const rounds = [];
  for (const value of values) {
    // What is computed at leisure of the posterior before is over by then.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const before = status.textContent;
    const first = Promise.race([until("Reweighted", ""), until("Sampl", before)]);
    const last = until("Sampled again", before);
    const began = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    const [one, end] = [await first, await last];
    const number = (pattern) => Number(pattern.exec(status.textContent)[1].replaceAll(",", ""));
    rounds.push({ first: one - began, seen: end - began, sampling: number(/([\d,]+) ms/), ess: number(/ESS ([\d,]+)/) });
  }
  return { rounds, long };
}
