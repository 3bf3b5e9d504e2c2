import { listen, type Model } from "./state/model.js";
import { reasonOf } from "./stats/reason.js";

/** What a payload may leave out: draws, where a fit has many. The answer is a new payload. */
export type Question = "draws";

/** Asks whoever holds the fit. The promise is kept when the answer is here, and broken with the reason why there is none. */
export type Ask = (question: Question) => Promise<void>;

/** Milliseconds after which a kernel is taken to be gone. */
const PATIENCE = 60_000;

/** A kernel answers by message; a page has its payload alone, and nobody to ask: null. */
export function askOf(model: Model, signal: AbortSignal): Ask | null {
  if (model.send === undefined) return null;
  const open = new Map<number, (refused: string) => void>();
  listen(model, "msg:custom", signal, (message) => {
    const { answer, refused } = message as { answer: number; refused: string };
    open.get(answer)?.(refused);
  });
  return (ask) =>
    new Promise((resolve, reject) => {
      const id = open.size;
      const end = (refused: string) => {
        clearTimeout(late);
        if (refused === "") resolve();
        else reject(new Error(refused));
      };
      const late = setTimeout(() => end("the kernel has not answered for a minute"), PATIENCE);
      open.set(id, end);
      try {
        model.send!({ ask, id });
      } catch (error) {
        end(reasonOf(error)); // MyST's model has the method, and no kernel
      }
    });
}
