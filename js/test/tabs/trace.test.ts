import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { choose, drawable, frame, shown, type Schema } from "../ui/shown.js";

let asked: Map<string, number>;
beforeEach(() => void (asked = drawable()));
afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

const plots = (el: Element) => [...el.querySelectorAll<HTMLElement>(".glm-tab-trace [role=application]")];
const results = (el: Element) => [...el.querySelectorAll(".glm-result")].map(({ textContent }) => textContent);
const labels = (el: Element) => [...el.querySelectorAll(".glm-parameter")].map(({ textContent }) => textContent);
const images = (el: Element) => [...el.querySelectorAll(".glm-tab-trace [role=img]")].map((image) => image.getAttribute("aria-label"));

/** So many parameters, all with the draws of the first. */
const many = (n: number) => (fit: Schema) => {
  const [row] = fit.tabs.trace!.rows;
  const names = Array.from({ length: n }, (_, i) => `b${i}`);
  fit.tabs.trace!.rows = names.map((label) => ({ ...row, label }));
};

/** Two plain parameters. */
const two = (fit: Schema) => {
  fit.draws.columns = fit.draws.columns.map((column, i) => ({ ...column, label: ["x", "z", "w"][i]!, term: null }));
  const [row] = fit.tabs.trace!.rows;
  fit.tabs.trace!.rows = ["x", "z"].map((label) => ({ ...row, label }));
};

it("steps through draws by arrows, pins one, and lets everything go by Escape", async () => {
  const { el, press, status } = shown({ tab: "trace" });
  const [first] = plots(el);
  expect(status()).toBe("");
  await press(first!, "ArrowRight");
  expect(status()).toContain("draw 1: chain 1, draw 1");
  expect(status()).toContain("x 1.00");
  await press(first!, "ArrowRight");
  await press(first!, "Enter");
  await press(first!, "ArrowRight");
  expect(status()).toContain("draw 3: chain 2, draw 1");
  await press(first!, "ArrowLeft");
  await press(first!, "ArrowLeft");
  expect(status()).toContain("draw 1:");
  await press(first!, "Escape");
  expect(status()).toBe("");
});

it("says that a draw diverged", async () => {
  const { el, press, status } = shown({ tab: "trace" });
  for (let i = 0; i < 4; i++) await press(plots(el)[0]!, "ArrowRight");
  expect(status()).toContain("draw 4: chain 2, draw 2, diverged");
});

it("brushes by Shift and arrows, shows the other densities of the draws that remain, and clears the brush", async () => {
  const { el, press, status } = shown({ tab: "trace" }, two);
  const [first] = plots(el);
  const clear = [...el.querySelectorAll("button")].find(({ textContent }) => textContent === "Clear brush")!;
  expect(clear.hidden).toBe(true);
  for (let i = 0; i < 20; i++) await press(first!, "ArrowRight", { shiftKey: true });
  expect(status()).toBe("2 of 4 draws: x between 2.20 and 4.00");
  await press(first!, "ArrowDown", { shiftKey: true });
  expect(status()).toContain("1 of 4 draws");
  await press(first!, "ArrowUp", { shiftKey: true });
  expect(results(el)[0]).toMatch(/^mean/);
  expect(results(el)[1]).toMatch(/^of 2 draws: mean 3\.5, 80% interval 3\.1 to 3\.9/);
  expect(el.querySelector(".glm-tab-trace .glm-legend")!.textContent).toContain("2 of 4 draws in the brush");
  expect(clear.hidden).toBe(false);
  clear.click();
  await frame();
  expect([status(), clear.hidden]).toEqual(["", true]);
  expect(results(el)[1]).toMatch(/^mean/);
});

it("keeps the selection in the next fit where the draw exists", async () => {
  const { el, press, refit, status } = shown({ tab: "trace" });
  await press(plots(el)[0]!, "ArrowRight");
  await press(plots(el)[0]!, "Enter");
  await refit(() => {});
  expect(status()).toContain("draw 1:");
  await refit((fit) => Object.assign(fit, { draws: { unavailable: "No draws." } }));
  expect(status()).toBe("");
});

it("is one stop for the Tab key, and goes to other parameters by up and down", async () => {
  const { el, press } = shown({ tab: "trace" }, two);
  const stops = () => plots(el).map(({ tabIndex }) => tabIndex);
  expect(stops()).toEqual([0, -1]);
  plots(el)[0]!.focus();
  await press(plots(el)[0]!, "ArrowDown");
  expect([document.activeElement, stops()]).toEqual([plots(el)[1], [-1, 0]]);
  await press(plots(el)[1]!, "ArrowDown");
  expect(document.activeElement).toBe(plots(el)[1]);
  await press(plots(el)[1]!, "ArrowUp");
  expect(document.activeElement).toBe(plots(el)[0]);
});

it("shows one diagnostic of all rows, each with a sentence", async () => {
  const { el } = shown({ tab: "trace" }, two);
  const said = async (name: string) => {
    choose(el, "Diagnostic", name);
    await frame();
    return images(el).filter((_, i) => i % 2 === 1);
  };
  expect(images(el)[1]).toBe("Trace of x: 2 chains, 1 divergence");
  expect(await said("rank ECDF difference")).toEqual(["x", "z"].map((x) => `Rank ECDF difference of ${x}: all chains are inside the envelope`));
  expect((await said("ESS growth"))[0]).toContain("Growth of the effective sample size of x: bulk ESS ends at –");
  expect((await said("autocorrelation"))[0]).toBe("Autocorrelation of x: at lag 1 from -0.5 to -0.5");
  expect(el.querySelector(".glm-tab-trace .glm-notes")!.textContent).toContain("so many draws later");
});

it("lays densities over one another, or each chain on a foot of its own", async () => {
  const { el } = shown({ tab: "trace" });
  const density = el.querySelector<HTMLSelectElement>('[aria-label="Density"]')!;
  expect([...density.options].map(({ text }) => text)).toEqual(["overlaid", "by chain"]);
  const before = asked.get("stroke")!;
  choose(el, "Density", "by chain");
  await frame();
  expect(asked.get("stroke")!).toBeGreaterThan(before);
  expect(density.selectedIndex).toBe(1);
});

it("hides the truth where it is to be asked for", async () => {
  const { el } = shown({ tab: "trace" });
  expect(results(el)[0]).toContain("truth 2");
  const box = [...el.querySelectorAll<HTMLLabelElement>(".glm-tab-trace label")].find(({ textContent }) => textContent === "Show truth")!;
  box.querySelector("input")!.click();
  await frame();
  expect(results(el)[0]).not.toContain("truth");
});

it("draws the truth over the trace too, along draws", async () => {
  const { el } = shown({ tab: "trace" });
  expect([...el.querySelectorAll(".glm-tab-trace .glm-axis-title")].map(({ textContent }) => textContent)).toContain("draw");
  const box = [...el.querySelectorAll<HTMLLabelElement>(".glm-tab-trace label")].find(({ textContent }) => textContent === "Show truth")!;
  const strokes = async () => {
    const before = asked.get("stroke")!;
    box.querySelector("input")!.click();
    await frame();
    return asked.get("stroke")! - before;
  };
  const [, first, without, within] = [await strokes(), await strokes(), await strokes(), await strokes()];
  expect([first - within, within - without]).toEqual([0, 2 * results(el).length]);
});

it("offers a search above 20 parameters", async () => {
  const { el, refit } = shown({ tab: "trace" }, many(20));
  const field = () => el.querySelector<HTMLInputElement>('[aria-label="Find parameters"]');
  expect(field()).toBeNull();
  await refit(many(21));
  field()!.value = "B1";
  field()!.dispatchEvent(new Event("input"));
  await frame();
  expect(labels(el)).toEqual(["b1", ...Array.from({ length: 10 }, (_, i) => `b${10 + i}`)]);
  expect(field()!.parentElement!.textContent).toContain("11 of 21 parameters");
});

it("finds folded parameters too", async () => {
  const fold = (fit: Schema) => {
    many(21)(fit);
    fit.tabs.trace!.rows.forEach((row, i) => i > 5 && (row.term = "1|g"));
  };
  const { el } = shown({ tab: "trace", find: "" }, fold);
  expect(labels(el)).toHaveLength(6);
  const field = el.querySelector<HTMLInputElement>('[aria-label="Find parameters"]')!;
  field.value = "b20";
  field.dispatchEvent(new Event("input"));
  await frame();
  expect(labels(el)).toEqual(["b20"]);
});

it("estimates densities that Python has not made, and leaves parameters out of which nothing is here", () => {
  const { el } = shown({ tab: "trace" }, (fit) => {
    two(fit);
    const [x, z] = fit.tabs.trace!.rows;
    fit.tabs.trace!.rows = [x!, { ...z, density: null }, { ...z, label: "gone", density: null }];
  });
  expect(labels(el)).toEqual(["x", "z"]);
  expect(images(el)[2]).toMatch(/^Posterior of z/);
});

type Seen = (entries: { target: Element; isIntersecting: boolean }[]) => void;

/** Stands in for what tells what is in sight. */
function sight(): { tell: Seen } {
  const found: { tell: Seen } = { tell: () => {} };
  class Observer {
    constructor(callback: Seen) {
      found.tell = callback;
    }
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  vi.stubGlobal("IntersectionObserver", Observer);
  return found;
}

it("builds a row once, though it is printed before it is seen", async () => {
  const seen = sight();
  const { el } = shown({ tab: "trace" }, two);
  dispatchEvent(new Event("beforeprint"));
  const plots = [...el.querySelectorAll(".glm-plot")];
  expect(plots.length).toBeGreaterThan(0);
  expect(el.querySelectorAll(".glm-trace-plots > :empty")).toHaveLength(0);
  dispatchEvent(new Event("afterprint"));
  seen.tell([...el.querySelectorAll(".glm-trace-row")].map((target) => ({ target, isIntersecting: true })));
  await frame();
  await frame();
  expect([...el.querySelectorAll(".glm-plot")].every((plot, i) => plot === plots[i])).toBe(true);
  vi.unstubAllGlobals();
});

it("draws a row when it comes in sight, and lets its canvases go when it leaves", async () => {
  const seen = sight();
  const { el } = shown({ tab: "trace" }, two);
  const rows = el.querySelectorAll(".glm-trace-row");
  const canvases = () => [...rows].map((row) => [...row.querySelectorAll("canvas")].filter(({ width }) => width > 0).length);
  await frame();
  expect(canvases()).toEqual([0, 0]);
  seen.tell([{ target: rows[0]!, isIntersecting: true }]);
  await frame();
  await frame();
  expect(canvases()).toEqual([4, 0]);
  seen.tell([{ target: rows[0]!, isIntersecting: false }, { target: rows[1]!, isIntersecting: true }]);
  await frame();
  await frame();
  expect(canvases()).toEqual([0, 4]);
  vi.unstubAllGlobals();
});
