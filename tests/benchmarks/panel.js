// Put into a page before its own scripts: times what they do in a frame, without knowing them.
(() => {
  let work = 0; // milliseconds of script since the last frame began
  const timed = (job) => {
    const start = performance.now();
    const result = job();
    work += performance.now() - start;
    return result;
  };
  const raf = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => raf((now) => timed(() => callback(now)));
  const frame = () => new Promise((resolve) => raf(resolve));
  const two = async () => { await frame(); await frame(); };

  /** Does `act(i)` once a frame, and tells the milliseconds of work and between frames of each. */
  const each = async (n, act) => {
    const works = [], frames = [];
    await two();
    let last = await frame();
    for (let i = 0; i < n; i++) {
      work = 0;
      timed(() => act(i));
      const now = await frame(); // the page's own callbacks of this frame were asked for before
      frames.push(now - last);
      works.push(work);
      last = now;
    }
    return { works, frames };
  };

  window.glmBench = {
    /** Drags a slider over its whole range and back, a step in each frame. */
    drag(label, n) {
      const shown = [...document.querySelectorAll(".glm-panel [role=tabpanel]:not([hidden]) input[type=range]")];
      const slider = shown.find((input) => input.getAttribute("aria-label") === label);
      if (!slider) throw new Error(`no slider ${label} among ${shown.map((input) => input.getAttribute("aria-label"))}`);
      const [min, max, step] = [Number(slider.min), Number(slider.max), Number(slider.step) || 1];
      return each(n, (i) => {
        const share = Math.abs(((2 * i) / n) % 2 - 1);
        slider.value = String(min + Math.round((share * (max - min)) / step) * step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      });
    },
    /** Moves the pointer over the last plot of the tab or of its first row, a few pixels in each frame; `said` counts the sentences of the status line. */
    async hover(n) {
      const front = document.querySelector(".glm-panel [role=tabpanel]:not([hidden])");
      const plot = [...(front.querySelector(".glm-trace-plots") ?? front).querySelectorAll(".glm-figure")].at(-1);
      const box = plot.getBoundingClientRect();
      const status = document.querySelector(".glm-panel [role=status][aria-label='Selected draw']");
      const sentences = new Set();
      const found = await each(n, (i) => {
        sentences.add(status.textContent);
        const at = { clientX: box.left + box.width * (0.2 + (0.6 * i) / n), clientY: box.top + box.height * 0.45 };
        plot.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...at }));
      });
      return { ...found, said: sentences.size };
    },
    /** Scrolls through the front tab to its end. */
    scroll(n) {
      const height = document.documentElement.scrollHeight - innerHeight;
      return each(n, (i) => scrollTo(0, (height * i) / (n - 1)));
    },
  };

  /** Milliseconds from when the page has its data to the frame after the panel is drawn; its script comes in between. */
  window.glmOpened = new Promise((resolve) => {
    let arrived = null;
    new MutationObserver(async (_changes, observer) => {
      if (document.querySelector(".glm-payload")) arrived ??= performance.now();
      if (!document.querySelector(".glm-panel .glm-plot canvas")) return;
      observer.disconnect();
      await two();
      resolve(performance.now() - arrived);
    }).observe(document, { childList: true, subtree: true });
  });
})();
