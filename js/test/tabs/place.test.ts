import { beforeEach, expect, it } from "vitest";
import { GIVEN } from "../../src/lab/records.js";
import { makeStage, type Drawn, type Stage } from "../../src/stage.js";
import { NOTHING } from "../../src/state/selection.js";
import { makeStore } from "../../src/state/store.js";
import { DEFAULTS, type TabName } from "../../src/state/traits.js";
import { tabPlace } from "../../src/tabs/place.js";
import { watchTheme } from "../../src/theme.js";
import { fitNamed } from "../lab/panels.js";

beforeEach(() => document.body.replaceChildren());

/** A panel's two tabs, of which the second is built by `build`. */
function two(build: (stage: Stage) => HTMLElement) {
  const { signal } = new AbortController();
  const store = makeStore<Drawn>({ ...DEFAULTS, tab: "data", ...GIVEN, selection: NOTHING, fit: fitNamed("line") }, signal);
  const theme = watchTheme(document.body, signal);
  const place = tabPlace(makeStage(store, theme, signal), { name: "trace", title: "Trace", missing: () => null, build });
  document.body.append(place);
  const set = <K extends keyof Drawn>(name: K, value: Drawn[K]) => {
    store.set(name, value);
    store.flush();
  };
  return { place, theme, set, front: (tab: TabName) => set("tab", tab) };
}

it("lets a tab rest while it is not in front, and wakes it once", () => {
  const heard: string[] = [];
  const { set, front } = two((stage) => {
    stage.follow(["fit", "prob"], () => heard.push(`prob ${stage.get("prob")}`));
    stage.follow(["density"], () => heard.push(stage.get("density")));
    stage.follow(["tab", "ratios"], () => heard.push(`in ${stage.get("tab")}`));
    return document.createElement("p");
  });
  expect(heard.splice(0)).toEqual([`prob ${DEFAULTS.prob}`, DEFAULTS.density, "in data"]);
  set("density", "eye");
  set("prob", 0.6);
  set("prob", 0.7);
  expect(heard.splice(0)).toEqual([]);
  set("ratios", true);
  expect(heard.splice(0)).toEqual(["in data"]);
  front("trace"); // in the order in which they follow, not in that of the changes
  expect(heard.splice(0)).toEqual(["prob 0.7", "eye", "in trace"]);
  set("prob", 0.8);
  expect(heard.splice(0)).toEqual(["prob 0.8"]);
  front("data");
  front("trace");
  expect(heard.splice(0)).toEqual(["in data", "in trace"]);
});

it("wakes a tab for paper", () => {
  const heard: number[] = [];
  const { set, theme } = two((stage) => {
    stage.follow(["prob"], () => heard.push(stage.get("prob")));
    return document.createElement("p");
  });
  heard.length = 0;
  set("prob", 0.7);
  document.body.dataset.glmPaper = "all";
  theme.print(true);
  expect(heard).toEqual([0.7]);
  set("prob", 0.6);
  expect(heard).toEqual([0.7, 0.6]);
  delete document.body.dataset.glmPaper;
});

it("forgets what a part of a resting tab was to hear once the part has ended, and costs the tab an error", () => {
  const heard: string[] = [];
  let end = () => {};
  const { place, set, front } = two((stage) => {
    const part = stage.part();
    end = part.end;
    part.stage.follow(["prob"], () => heard.push("part"));
    stage.follow(["density"], () => {
      if (stage.get("density") === "eye") throw new Error("no eye");
    });
    return document.createElement("p");
  });
  heard.length = 0;
  set("prob", 0.7);
  set("density", "eye");
  end();
  expect(place.textContent).toBe("");
  front("trace");
  expect([heard, place.textContent]).toEqual([[], "This tab cannot be shown: no eye"]);
});
