import { expect, it } from "vitest";
import { ofColumns, write } from "../../src/stats/table.js";
import { dataTable } from "../../src/tabs/data/shown.js";
import { fanTable } from "../../src/tabs/fan/table.js";
import { densityTable, traceTable } from "../../src/tabs/trace/table.js";
import type { Draws } from "../../src/wire.js";

const csv = (table: ReturnType<typeof fanTable>) => write(table, "csv").slice(0, -1).split("\n");
const f4 = (values: readonly number[], shape = [values.length]) => ({ data: Float32Array.from(values), shape });

it("writes numbers so that they are read back as they were", () => {
  const values = Float32Array.from([0.1, 1 / 3, 1e-8, 16777217, -123456.78, 3e38, NaN]);
  const back = csv(ofColumns("", [{ name: "x", values }])).slice(1).map((text) => Math.fround(text === "" ? NaN : Number(text)));
  expect(back).toEqual([...values]);
  expect(csv(ofColumns("", [{ name: "x", values: Float64Array.of(0.1, 1 / 3) }]))).toEqual(["x", "0.1", String(1 / 3)]);
  expect(csv(ofColumns("", [{ name: "x", values: Float32Array.of(0.1) }, { name: "g", values: [null] }]))[1]).toBe("0.1,");
});

const curves = { values: Float64Array.of(0, 1, 10, 11, 20, 21), n_lines: 3, n_grid: 2 };
const nameOf = (line: number) => `draw ${line + 7}`;
const stratum = (label: string) => ({ label, curves, mean: [10, 11], truth: null });

it("writes a fan as x, mean, the ends of each interval and a column for each line that is shown", () => {
  const bands = [{ median: null, of: [{ prob: 0.89, low: Float64Array.of(1, 2), high: Float64Array.of(19, 20) }] }];
  const fan = { x: "dose", kind: "numeric", grid: [0.5, 1.5], levels: [], strata: [stratum("")] } as const;
  expect(csv(fanTable(fan, { lines: 2, nameOf, bands }))).toEqual([
    "dose,mean,lower 89%,upper 89%,draw 7,draw 8",
    "0.5,10,1,19,0,10",
    "1.5,11,2,20,1,11",
  ]);
  expect(csv(fanTable(fan, { lines: 0, nameOf, bands: [{ median: [8, 9], of: [] }] }))).toEqual(["dose,median", "0.5,8", "1.5,9"]);
});

it("tells the strata of a fan apart by a column of their own, and names levels", () => {
  const fan = { x: "g", kind: "category", grid: [0, 1], levels: ["a", "b"], strata: [stratum("old"), stratum("new")] } as const;
  expect(csv(fanTable(fan, { lines: 0, nameOf, bands: [] }))).toEqual(["group,g,mean", "old,a,10", "old,b,11", "new,a,10", "new,b,11"]);
});

it("writes densities and draws with a column for each chain, all shipped draws by their numbers", () => {
  const densities = { x: Float32Array.of(0, 1), chains: [Float32Array.of(1, 2), Float32Array.of(3, 4)] };
  expect(csv(densityTable("b", densities, null))).toEqual(["b,chain 1,chain 2", "0,1,3", "1,2,4"]);
  expect(csv(densityTable("b", densities, [5, 6]))[0]).toBe("b,chain 1,chain 2,brushed");
  const draws: Draws = {
    n_chains: 2,
    n_draws: 10,
    every: 5,
    columns: [{ label: "b", term: null, truth: null }],
    centre: { data: Float64Array.of(0.5), shape: [1] },
    values: f4([1, 2, 3, 4], [1, 2, 2]),
    order: { data: Uint32Array.of(0, 1, 2, 3), shape: [4] },
    divergent: { data: new Uint32Array(), shape: [0] },
    left_out: [],
  };
  expect(csv(traceTable(draws, "b"))).toEqual(["draw,chain 1,chain 2", "1,1.5,3.5", "6,2.5,4.5"]);
});

it("writes the rows of Data that are drawn, their values as they were measured", () => {
  const x = { name: "x", kind: "numeric", values: f4([0, NaN, 2]) } as const;
  const y = { name: "y", kind: "numeric", values: f4([1, 0, 1]) } as const;
  const codes = { data: Uint32Array.of(1, 0, 0xffffffff), shape: [3] };
  const g = { name: "g", kind: "category", levels: ["a", "b"], codes } as const;
  expect(csv(dataTable([x, y, g], [x, y]))).toEqual(["x,y,g", "0,1,b", "2,1,"]);
});
