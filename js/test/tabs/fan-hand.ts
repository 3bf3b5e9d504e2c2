/** A fan by hand, for the tests of its tab. */
import { afterEach, beforeEach, vi } from "vitest";
import type { Fit, PredictorTables } from "../../src/wire.js";
import { columnOf, f8, number, parameter, sourceWith, table } from "../fit/hand.js";

/** Time stands still, and there is no canvas, as in jsdom. */
export function withoutCanvas(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  });
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });
}

const places: PredictorTables["variables"][number]["places"] = [["low", 0], ["high", 1]];
const GT = { variables: ["g", "t"], values: f8([0, 1, 2, 3], [2, 2]), observed: f8([0, 3]), shifts: [] };

/** Lines of two of three draws. */
export function fit(tables: Partial<PredictorTables> = {}, truth: number | null = null): Fit {
  const { draws, predictor } = sourceWith(
    {
      variables: [number("x", [0, 1]), { ...number("g", [0, 1]), places }, number("t", [0, 1])],
      tables: [table("x", [0, 1], [0, 1]), GT],
      parameters: [parameter("mu", "identity", columnOf(["a"]), columnOf(["b"], 0))],
      n_rows: 2,
      ...tables,
    },
    { a: [1, 2, 6], b: [1, 1, 1] },
  );
  const order = { data: Uint32Array.of(0, 1), shape: [2] };
  const none = { unavailable: "none" };
  const prior = { labels: ["a", "b"], centre: f8([0, 0]), values: f8([0, 9, 1, 1], [2, 2]), linear: [] };
  const columns = draws.columns.map((one) => ({ ...one, truth }));
  return { title: "y ~ x", draws: { ...draws, columns, order }, predictor, prior, findings: [], tabs: { data: none } } as unknown as Fit;
}
