import type { Answer } from "../engine/records.js";
import type { Finding, Fit, SummaryView, Unavailable } from "../wire.js";

export function findingsOf(given: Fit, _summary: SummaryView | Unavailable, _answer: Answer): readonly Finding[] {
  return given.findings;
}
