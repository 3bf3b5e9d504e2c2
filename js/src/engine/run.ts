import type { Answer, Question } from "./records.js";

/** Samples a question; rejects with the signal's reason once it is aborted, and with a sentence where nothing can be drawn. */
export function sampleAgain(_question: Question, _signal: AbortSignal): Promise<Answer> {
  return Promise.reject(new Error("The sampler is not here yet."));
}

/** Starts the workers, so that the first question does not wait for them: at the first focus of a control. */
export function warm(): void {}
