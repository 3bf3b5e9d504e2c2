import { restWhile, wake, type Stage } from "../stage.js";
import { reasonOf } from "../stats/reason.js";
import { h } from "../ui/dom.js";
import { isOnPaper } from "../ui/paper.js";
import type { TabEntry } from "./registry.js";

/**
 * The place of a tab, which shows its view, or the reason why there is none, through all payloads. A tab that can be
 * drawn from the next payload too patches itself; an error in one costs that tab, which then says so. A tab that is
 * not in front rests: changes cost what is seen.
 */
export function tabPlace(stage: Stage, entry: TabEntry): HTMLElement {
  const place = h("div", {});
  let end = () => {}; // ends what is built now
  let built = false; // and patches itself
  const rest = restWhile(() => stage.get("tab") !== entry.name && !isOnPaper(place));

  const say = (reason: string, attributes = {}) => {
    end();
    built = false;
    place.replaceChildren(h("p", { class: "glm-unavailable", ...attributes }, reason));
  };
  const fail = (error: unknown) => {
    say(`This tab cannot be shown: ${reasonOf(error)}`, { role: "alert" });
  };
  const show = () => {
    const missing = entry.missing(stage.fit);
    if (missing !== null) return say(missing);
    if (built) return;
    const part = stage.part(fail, rest);
    end = part.end;
    place.replaceChildren(entry.build(part.stage));
    built = true;
  };
  const seen = () => rest.rests() || wake(rest);
  stage.follow(["tab"], seen);
  stage.theme.follow(stage.signal, seen); // also before figures are drawn for paper
  stage.follow(["fit"], () => {
    try {
      show();
    } catch (error) {
      fail(error);
    }
  });
  return place;
}
