/** The posterior before a change, which every tab draws behind the one that is shown. */
import { drawsOf } from "../fit/draws.js";
import type { Stage } from "../stage.js";
import type { Ink } from "../theme.js";
import { entry } from "../ui/entries.js";
import type { LegendEntry } from "../ui/legend.js";
import type { Draws, Fit } from "../wire.js";

/** The fit whose posterior it is; null where nothing is changed. */
export const ghostOf = ({ ghost }: Stage): Fit | null => ghost;

/** Its draws. */
export const ghostDraws = (stage: Stage): Draws | null => stage.ghost && drawsOf(stage.ghost);

export const GHOST: Ink = "muted";
export const GHOST_DASH = [3, 3];
export const BEFORE = "before the change";

export const ghostEntry = (stage: Stage, mark: LegendEntry["mark"]): LegendEntry | null => stage.ghost && entry(mark, BEFORE, GHOST, mark === "line" ? GHOST_DASH : []);
