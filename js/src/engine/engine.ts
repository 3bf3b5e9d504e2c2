/** All that samples. The build makes one function of it, whose text is a worker's: see `js/engine.mjs`. */
import { density } from "./density.js";
import type { Port } from "./messages.js";
import { work } from "./worker.js";

/** Answers at one end of a channel. */
export const serve = (port: Port, later: (turn: () => void) => void): void => work(port, density, later);

/** In a worker, where a timer would wait for milliseconds. */
export function serveSelf(): void {
  const { port1, port2 } = new MessageChannel();
  let next: () => void;
  port1.onmessage = () => next();
  serve(self as unknown as Port, (turn) => {
    next = turn;
    port2.postMessage(null);
  });
}
