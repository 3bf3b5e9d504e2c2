/** What the user can change, from the table that also gives Python its traits. */
import type { WhatIf } from "./what-if.js";
import table from "../../../glm_magic/traits.json";

export type TabName = keyof typeof table.tabs;

/** The title of each tab, in the order of the panel. */
export const TAB_TITLES: Readonly<Record<TabName, string>> = table.tabs;

type Rows = typeof table.traits;
type TraitName = keyof Rows;

/** TypeScript reads no more from JSON than "text" and "a list": a tab is one of the names, and a list holds text. */
type Value<K extends TraitName> = K extends "tab" ? TabName : K extends "what_if" ? WhatIf : K extends "held" | "group_effects" ? Values : Rows[K]["default"] extends readonly unknown[] ? readonly string[] : Rows[K]["default"];

/** Values by name: numbers, or the names of levels. */
export type Values = Readonly<Record<string, number | string>>;

/** The value of everything that the user can change. */
export type State = { readonly [K in TraitName]: Value<K> };

interface Row {
  readonly type: string;
  readonly default: unknown;
  readonly synced: boolean;
  readonly min?: number;
  readonly max?: number;
}

const rows: Readonly<Record<TraitName, Row>> = table.traits;
const NAMES = Object.keys(rows) as readonly TraitName[];

/** The traits that a live widget shares with its kernel. */
export const SYNCED: readonly TraitName[] = NAMES.filter((name) => rows[name].synced);

export const DEFAULTS = Object.fromEntries(NAMES.map((name) => [name, rows[name].default])) as unknown as State;

/** The range of the interval's probability, and the step of its control. */
export const PROB = table.traits.prob;

/** A host's value of a trait: a number is brought within its bounds; what is missing or of another type is `otherwise`. */
export function valid<K extends TraitName>(name: K, value: unknown, otherwise: State[K]): State[K] {
  const row = rows[name];
  const read = READERS[row.type]?.(value, row);
  return read === undefined ? otherwise : (read as State[K]);
}

/** By type, of those that a trait that is synced can have: a value of that type, or undefined. */
const READERS: Readonly<Record<string, (value: unknown, row: Row) => unknown>> = {
  tab: (value) => (typeof value === "string" && Object.hasOwn(TAB_TITLES, value) ? value : undefined),
  int: (value, row) => (isNumber(value) ? within(Math.round(value), row) : undefined),
  float: (value, row) => (isNumber(value) ? within(value, row) : undefined),
  text: (value) => (typeof value === "string" ? value : undefined),
  bool: (value) => (typeof value === "boolean" ? value : undefined),
  change: (value) => (typeof value === "object" && value !== null ? value : undefined),
};

function isNumber(value: unknown): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}

const within = (value: number, { min = -Infinity, max = Infinity }: Row): number => Math.min(Math.max(value, min), max);
