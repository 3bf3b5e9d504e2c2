import type { Source } from "../../src/fit/predictor.js";
import type { DesignColumn, Parameter, PredictorTables, Table, Variable } from "../../src/wire.js";

/** Predictors written by hand. */
export const f8 = (values: readonly number[], shape: readonly number[] = [values.length]) => ({ data: Float64Array.from(values), shape });
export const i4 = (values: readonly number[]) => ({ data: Int32Array.from(values), shape: [values.length] });

export function number(name: string, grid: readonly number[], start = 0): Variable {
  return { name, grid: f8(grid), levels: [], stops: i4([]), start, places: [], reason: "", observed: f8([]), indicator: false, unmoved: "" };
}

export function table(name: string, values: readonly number[], observed: readonly number[] = []): Table {
  return { variables: [name], values: f8(values), observed: f8(observed), shifts: [] };
}

export const columnOf = (labels: readonly string[], ...tables: number[]): DesignColumn => ({ term: labels[0] ?? "offset", labels, tables });

export function parameter(name: string, link: string, ...columns: DesignColumn[]): Parameter {
  return { name, link, columns, groups: [] };
}

export function sourceWith(tables: Partial<PredictorTables>, draws: Readonly<Record<string, readonly number[]>>): Source {
  const all: PredictorTables = {
    variables: [], tables: [], parameters: [], family: "gaussian", mean: "main", reason: "", inputs: ["mu"], categories: [],
    ylabel: "", exposure: [], population: "", modelled: "", scale: "", ratios: null, common: [],
    observation: { trials: 0, bounds: null, reason: "" }, n_rows: 0, ...tables,
  };
  const labels = Object.keys(draws);
  const count = Object.values(draws)[0]!.length;
  return {
    draws: {
      n_chains: 1, n_draws: count, every: 1,
      columns: labels.map((label) => ({ label, term: null, truth: null })),
      centre: f8(labels.map(() => 0)),
      values: { data: Float32Array.from(Object.values(draws).flat()), shape: [labels.length, 1, count] },
      order: { data: Uint32Array.from({ length: count }, (_, i) => count - 1 - i), shape: [count] },
      divergent: { data: new Uint32Array(0), shape: [0] },
      left_out: [],
    },
    predictor: { tables: all, rows: { data: new Uint32Array(0), shape: [0] }, observed: { data: new Float32Array(0), shape: [0] }, linear: [] },
  };
}
