import { afterEach, beforeEach, expect, it, vi } from "vitest";
import stored from "../../../tests/wire/laboratory.json";
import { drawsOf, shippedDraws } from "../../src/fit/draws.js";
import { priorsOf } from "../../src/lab/posterior.js";
import { GIVEN } from "../../src/lab/records.js";
import { reweighted } from "../../src/lab/refitted.js";
import { makeStage, type Drawn } from "../../src/stage.js";
import { NOTHING } from "../../src/state/selection.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS } from "../../src/state/traits.js";
import { modelTab } from "../../src/tabs/model.js";
import { watchTheme } from "../../src/theme.js";
import { decode, fromBase64, type Fit, type ModelView } from "../../src/wire.js";
import { HOSTILE } from "../payload.js";
import { drawable } from "../ui/shown.js";

beforeEach(() => void drawable());
afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** The Model tab of a stored fit, after a change of its view. */
function show(name: string, change: (view: ModelView) => ModelView = (view) => view) {
  const { schema, buffer } = stored.fits.find((one) => one.name === name)!;
  const read = decode(schema, fromBase64(buffer)).fits[0]!;
  const view = change(read.tabs.model as ModelView);
  const fit: Fit = { ...read, tabs: { ...read.tabs, model: view } };
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, prob: 0.8, tab: "data", ...GIVEN, selection: NOTHING, fit }, signal);
  const stage = makeStage(store, watchTheme(document.body, signal), signal);
  const el = document.body.appendChild(modelTab(stage, () => view));
  for (const details of el.querySelectorAll<HTMLDetailsElement>(".glm-prior details")) {
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
  }
  const labelled = <E extends HTMLElement = HTMLInputElement>(label: string) => el.querySelector<E>(`[aria-label="${label}"]`)!;
  const type = (label: string, text: string, event: Event = new Event("change")) => {
    labelled(label).value = text;
    labelled(label).dispatchEvent(event);
    store.flush();
  };
  const press = (label: string, key: string) => {
    labelled(label).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    store.flush();
  };
  const choose = (label: string, option: string) => {
    const select = labelled<HTMLSelectElement>(label);
    select.selectedIndex = [...select.options].findIndex(({ text }) => text === option);
    select.dispatchEvent(new Event("change"));
    store.flush();
  };
  const options = (label: string) => [...labelled<HTMLSelectElement>(label).options].map(({ text }) => text);
  const priors = () => store.get("what_if").priors;
  const alert = (label: string) => labelled(label).parentElement!.querySelector("[role=alert]")!.textContent!;
  const code = (copy: string) => el.querySelector(`[aria-label="${copy}"]`)!.previousElementSibling!.textContent!;
  const section = (prior: string) => [...el.querySelectorAll(".glm-prior")].find((one) => one.querySelector(".glm-parameter")!.textContent === prior)!;
  return { el, store, labelled, type, press, choose, options, priors, alert, code, section };
}

it("changes a prior by what is typed, and lets the change go where it is the fit's own again", () => {
  const { el, type, priors, labelled, section, store } = show("priors");
  store.set("what_if", { rows: [0, 1, 2] });
  type("x b", "0.25");
  expect(store.get("what_if")).toEqual({ rows: [0, 1, 2], priors: { x: "Laplace(0, 0.25)" } });
  expect(section("x").querySelector("p")!.textContent).toBe("x Laplace(0, 0.25)");
  type("z nu", "7", new KeyboardEvent("keydown", { key: "Enter" }));
  expect(priors()).toEqual({ x: "Laplace(0, 0.25)", z: "StudentT(7, 0, 1)" });
  const said = () => [...el.querySelectorAll("p")].find(({ textContent }) => textContent!.startsWith("Changed here"))!;
  expect([said().hidden, said().textContent]).toEqual([false, "Changed here: x ~ Laplace(0, 0.25), z ~ StudentT(7, 0, 1)."]);
  type("x b", "1");
  type("z nu", "3");
  expect(store.get("what_if")).toEqual({ rows: [0, 1, 2] });
  expect(labelled("x b").value).toBe("1");
  expect(said().hidden).toBe(true);
});

it("says beside the number what cannot be, and changes nothing", () => {
  const { type, priors, alert, labelled } = show("priors");
  for (const [label, text] of [["x b", "0"], ["z nu", "-1"], ["z sigma", "wide"], ["z mu", "1e308"], ["z mu", ""], ["sigma lam", "1) # "]] as const) {
    type(label, text);
    expect(alert(label), `${label} = ${text}`).toMatch(/^[a-zA-Z].*\.$/);
    expect(labelled(label).getAttribute("aria-invalid")).toBe("true");
    expect(labelled(label).value).toBe(text);
    expect(priors()).toBeUndefined();
    type(label, "3.5");
    expect(alert(label)).toBe("");
    expect(priors()).toBeDefined();
    type(label, { b: "1", nu: "3", sigma: "1", mu: "0", lam: "1" }[label.split(" ")[1]!]!);
  }
});

it("steps by arrow keys as large as the number, and a location as wide as its prior", () => {
  const { press, type, priors } = show("priors");
  press("x b", "ArrowDown");
  expect(priors()).toEqual({ x: "Laplace(0, 0.9)" });
  press("x b", "ArrowDown");
  expect(priors()).toEqual({ x: "Laplace(0, 0.89)" });
  type("x b", "50");
  press("x mu", "ArrowUp");
  expect(priors()).toEqual({ x: "Laplace(1, 50)" });
});

it("offers families of the same support, which keep place and width", () => {
  const { options, choose, priors, el } = show("priors");
  expect(options("x prior")).toEqual(["Normal", "StudentT", "Cauchy", "Laplace"]);
  expect(options("sigma prior")).toContain("HalfNormal");
  choose("x prior", "Normal");
  choose("sigma prior", "HalfNormal");
  expect(priors()).toEqual({ x: "Normal(0, 1)", sigma: "HalfNormal(1)" });
  const fields = [...el.querySelectorAll('input[type="text"]')].map((one) => one.getAttribute("aria-label"));
  expect(fields).toEqual(expect.arrayContaining(["x mu", "x sigma", "sigma sigma"]));
  expect(fields).not.toContain("x b");
});

it("moves location and width by handles, which say what they have", () => {
  const { labelled, type, priors } = show("priors");
  expect(labelled("x mu handle").type).toBe("range");
  expect(labelled("x b handle").getAttribute("aria-valuetext")).toBe("b 1");
  type("x mu handle", "0.5", new Event("input"));
  expect(priors()).toEqual({ x: "Laplace(0.5, 1)" });
  const { step } = labelled("x b handle");
  type("x b handle", String(Number((0.5 + 4 * Number(step)).toPrecision(6))), new Event("input"));
  expect(priors()).toEqual({ x: `Laplace(0.5, ${Number((4 * Number(step)).toPrecision(6))})` });
  type("x b handle", "0.2", new Event("input")); // below the location there is no width
  expect(priors()).toEqual({ x: `Laplace(0.5, ${Number((4 * Number(step)).toPrecision(6))})` });
});

it("leaves the axis as it is while a handle has the focus", async () => {
  const { labelled, type, store } = show("line");
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const handle = labelled("x sigma handle");
  const ends = () => [handle.min, handle.max];
  const before = ends();
  handle.focus();
  type("x sigma handle", "0.3", new Event("input"));
  await frame();
  expect(ends()).toEqual(before);
  expect(store.get("what_if").priors).toBeDefined();
  handle.blur();
  await frame();
  expect(ends()).not.toEqual(before);
});

it("says of which numbers a prior is, and why one cannot be changed", () => {
  const { section, el } = show("priors");
  expect(section("kind").textContent).toContain("A change is one of all 2 parameters that have this prior.");
  expect(section("Intercept").textContent).toContain("at the means of the predictors");
  expect(section("Intercept").textContent).toContain("almost flat over the posterior");
  expect(section("x").textContent).not.toContain("almost flat");
  expect(el.querySelector('[role=img][aria-label*="posterior of kind[b]: mean"]')).not.toBeNull();
  const groups = show("groups");
  expect(groups.el.querySelector("p.glm-prior")!.textContent).toBe("1|g cannot be changed here: its spread is 1|g_sigma");
});

it("changes all elements of a prior whose numbers differ", () => {
  const { section, type, priors, code } = show("priors");
  expect(section("kind").querySelector("p")!.textContent).toBe("kind Normal(0, [8.678, 8.465])");
  expect(code("Copy PyMC code")).toMatch(/pm\.Normal\("kind", mu=0, sigma=\[8\.\d+, 8\.\d+\], dims="kind_dim"\)/);
  type("kind sigma", "2");
  expect(priors()).toEqual({ "kind": "Normal(0, 2)" });
  expect(code("Copy PyMC code")).toContain('pm.Normal("kind", mu=0, sigma=2, dims="kind_dim")');
});

it("writes the program and the cell with the priors of the moment", () => {
  const { code, type, choose } = show("priors");
  expect(code("Copy PyMC code")).toContain('beta_x = pm.Laplace("x", mu=0, b=1)\n');
  expect(code("Copy as cell").split("\n").slice(1)).toEqual(["v ~ x + z + kind", "x ~ Laplace(0, 1)", "z ~ StudentT(3, 0, 1)", "sigma ~ Exponential(1)"]);
  type("kind sigma", "2");
  choose("x prior", "Normal");
  expect(code("Copy PyMC code")).toContain('beta_x = pm.Normal("x", mu=0, sigma=1)\n');
  // Bambi would choose other scales for the priors that are not given.
  const lines = code("Copy as cell").split("\n").slice(2);
  expect(lines).toEqual(expect.arrayContaining(["x ~ Normal(0, 1)", "z ~ StudentT(3, 0, 1)", "kind ~ Normal(0, 2)", "sigma ~ Exponential(1)"]));
  expect(lines[0]).toMatch(/^Intercept ~ Normal\(-?\d+\.\d{6,}, \d+\.\d{6,}\)$/);
});

it("shows mathematics as MathML alone, spoken as its line, and the line where there is none", () => {
  const hostile = `<math display="block" onclick="hacked = 1"><mi href="javascript:hacked = 1">μ</mi><script>globalThis.hacked = 1</script><mi>${HOSTILE}</mi><annotation-xml encoding="text/html"><iframe srcdoc="x"></iframe></annotation-xml></math>`;
  const { el } = show("line", (view) => ({ ...view, mathml: [hostile, "", ...view.mathml.slice(2)], lines: ["mu = x", HOSTILE, ...view.lines.slice(2)] }));
  const [first, second, third] = el.querySelectorAll(".glm-mathematics p");
  expect(first!.querySelector("math")!.getAttribute("aria-label")).toBe("mu = x");
  expect(first!.querySelector("script, img, iframe, [onclick], [href], [encoding], [onerror]")).toBeNull();
  expect(second!.textContent).toBe(HOSTILE);
  expect(second!.childElementCount).toBe(0);
  expect(third!.querySelector("math")!.textContent).toMatch(/^Intercept.*∼Normal\(/);
  expect("hacked" in globalThis).toBe(false);
});

it("draws weighted draws first over the prior that was changed, and over others while new draws are awaited", () => {
  vi.useFakeTimers();
  try {
    const { store, section } = show("priors");
    const said = (prior: string) => section(prior).querySelector("[role=img]")!.getAttribute("aria-label");
    const fit = store.get("fit");
    const [changed, other] = priorsOf(fit).filter(({ fixed }) => fixed === "").map(({ name }) => name) as [string, string];
    const before = [said(changed), said(other)];
    const places = new Uint32Array(shippedDraws(drawsOf(fit)!)); // the first draw alone
    const whatIf = { priors: { [changed]: "Normal(0, 0.25)" } };
    store.set("what_if", whatIf);
    store.set("fit", reweighted(fit, fit, { places, k: 0.1, ess: 10 }, whatIf, ""));
    store.set("refit", { kind: "reweighted", k: 0.1, ess: 10, alone: "" });
    store.flush();
    expect([said(changed) === before[0], said(other) === before[1]]).toEqual([false, true]);
    vi.advanceTimersByTime(100);
    expect(said(other)).not.toBe(before[1]);
  } finally {
    vi.useRealTimers();
  }
});
