import { axes } from "../marks/axes.js";
import { dots } from "../marks/dots.js";
import type { Stage } from "../stage.js";
import { extent } from "../stats/extent.js";
import { ofColumns } from "../stats/table.js";
import { toggle } from "../ui/bound.js";
import { entry } from "../ui/entries.js";
import { plot, type Surface } from "../ui/plot.js";
import { controlRow, offer, scene } from "../ui/scene.js";
import type { ChainsView } from "../wire.js";
import { numeric } from "./columns.js";

/** The mean of a number in each chain. */
export function chainsTab(stage: Stage, view: () => ChainsView): HTMLElement {
  const means = () => view().means.data;
  const legend = () => [entry("disc", "mean of a chain", "mean")];
  const table = () => ofColumns("chains", [{ name: "mean", values: means() }]);
  const figure = plot(stage, { height: () => 250, draw, saved: { name: () => "chains", table, legend } });
  const controls = controlRow();
  const place = scene(figure.el, controls);
  offer(controls, toggle(stage, "Dots", "dots"));
  stage.follow(["fit", "dots"], () => {
    place.legend(legend());
    figure.describe(`The mean of ${view().label} in ${means().length} chains`);
    figure.redraw();
  });
  return place.el;

  function draw(surface: Surface): void {
    const x = Float64Array.from(means(), (_, i) => i + 1);
    const scales = axes(surface, { x: numeric([0, x.length + 1], "chain"), y: numeric(extent([means()], 0.1), view().label) });
    const style = { colour: surface.palette.mean, size: 12, alpha: stage.get("dots") ? 1 : 0 };
    dots(surface.layers[0]!, { x, y: means(), places: x.map((_, i) => i) }, scales, style);
  }
}
