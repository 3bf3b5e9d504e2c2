import type { Stage } from "../stage.js";
import { perFrame } from "./frame.js";
import { isOnPaper } from "./paper.js";

/** Milliseconds of a frame after which no other job is begun; what was drawn is yet to be painted. */
const SHARE = 3;

/** Work for an element that is done while it is in sight, and otherwise once it comes there. */
export interface Sight {
  /** Soon, with what else waits, so that no frame takes long. */
  soon(job: () => void): void;
  /** At once, for what must be seen in this frame. */
  now(job: () => void): void;
  /** Whenever the element has left: canvases of hundreds of rows are more than a browser can hold. */
  left(job: () => void): void;
}

/** CSS pixels around what is seen that count as in sight: what comes there is drawn before it is seen. */
const AROUND = 500;

/** Watches elements. Where nothing can tell what is in sight (jsdom), and for paper, all work is done at once. */
export function watchSight(stage: Stage): (part: Stage, el: Element) => Sight {
  const jobs = new Map<Element, Set<() => void>>();
  const leavers = new Map<Element, () => void>();
  const seen = new Set<Element>();
  const observer =
    typeof IntersectionObserver === "undefined"
      ? null
      : new IntersectionObserver(
          (entries) => {
            for (const { target, isIntersecting } of entries) {
              if (isIntersecting) seen.add(target);
              else if (seen.delete(target)) leavers.get(target)?.();
            }
            work();
          },
          { rootMargin: `${AROUND}px 0px` },
        );
  stage.signal.addEventListener("abort", () => observer?.disconnect(), { once: true });

  const work = () => {
    const until = performance.now() + SHARE;
    for (const el of seen) {
      for (const job of jobs.get(el) ?? []) {
        if (performance.now() > until) return next();
        jobs.get(el)?.delete(job);
        job();
      }
    }
  };
  const next = perFrame(stage.signal, work);
  const always: Sight = { soon: (job) => job(), now: (job) => job(), left: () => {} };
  return (part, el) => {
    if (observer === null) return always;
    const waiting = new Set<() => void>();
    jobs.set(el, waiting);
    observer.observe(el);
    part.signal.addEventListener(
      "abort",
      () => {
        observer.unobserve(el);
        jobs.delete(el);
        leavers.delete(el);
        seen.delete(el);
      },
      { once: true },
    );
    const wait = (job: () => void) => {
      waiting.add(job);
      if (seen.has(el)) next();
    };
    return {
      soon: (job) => (isOnPaper(el) ? job() : wait(job)),
      now(job) {
        if (isOnPaper(el) || seen.has(el)) job();
        else waiting.add(job);
      },
      left: (job) => void leavers.set(el, job),
    };
  };
}
