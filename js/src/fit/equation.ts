/** The line of one draw, written out. */
import { isUnavailable, type DesignColumn, type Draws, type Fit, type Parameter, type PredictorTables } from "../wire.js";
import { column } from "./draws.js";
import { printed } from "./printed.js";

/** Columns of a design above which an equation is no longer read. */
const MOST_COLUMNS = 8;

/** Links by how they are written before what they are of. */
const LINKS: Readonly<Record<string, string>> = { identity: "", inverse: "1 / " };

/**
 * "y = 1.02 + 1.96 x", "logit P(y = alive) = 0.3 - 1.2 age": the main parameter of the draw at that place among the
 * shipped ones. Null where the predictor is no sum of named columns (splines), or of more than can be read.
 */
export function equation(fit: Fit, place: number): string | null {
  const { draws, predictor } = fit;
  if (isUnavailable(draws) || isUnavailable(predictor)) return null;
  const { tables } = predictor;
  const parameter = tables.parameters[0];
  if (parameter === undefined || tables.categories.length > 0 || parameter.columns.length > MOST_COLUMNS) return null;
  const parts = parameter.columns.filter((one) => !isHeld(tables, one)).map((one) => part(fit, draws, tables, parameter, one, place));
  if (parts.some((one) => one === null)) return null;
  const groups = parameter.groups.map(({ term }) => ({ coefficient: null, name: `(${term})` }));
  return `${subject(tables, parameter)} = ${sum([...(parts as Part[]), ...groups])}`;
}

interface Part {
  /** As it is printed; null for 1. */
  readonly coefficient: string | null;
  /** Empty for the intercept. */
  readonly name: string;
}

function part(fit: Fit, draws: Draws, tables: PredictorTables, parameter: Parameter, one: DesignColumn, place: number): Part | null {
  const name = nameOf(tables, parameter, one);
  if (name === null || one.labels.length > 1) return null;
  const [label] = one.labels;
  if (label === undefined) return { coefficient: null, name };
  const coefficient = column(draws, label)?.[place];
  return coefficient === undefined ? null : { coefficient: printed(fit, label, coefficient), name };
}

/** What a coefficient multiplies, where that has a name: a predictor, a level, a term that has one column. */
function nameOf(tables: PredictorTables, { columns }: Parameter, { term, labels, tables: of }: DesignColumn): string | null {
  if (of.length === 0) return "";
  if (of.some((at) => levelsOf(tables, at)) && labels.length === 1 && of.every((at) => isPlain(tables, at))) return labels[0]!;
  return columns.filter((one) => one.term === term).length === 1 ? term : null;
}

function levelsOf({ tables, variables }: PredictorTables, at: number): boolean {
  return tables[at]!.variables.some((name) => variables.find((one) => one.name === name)!.levels.length > 0);
}

/** A level's indicator, or the predictor itself. */
function isPlain({ tables, variables }: PredictorTables, at: number): boolean {
  const { variables: names, values } = tables[at]!;
  const variable = names.length === 1 ? variables.find(({ name }) => name === names[0]) : undefined;
  return variable !== undefined && (variable.levels.length > 0 || variable.grid.data.every((value, i) => values.data[i] === value));
}

/** An exposure stands where it adds nothing: the mean is then a rate. */
function isHeld({ tables, exposure }: PredictorTables, { labels, tables: of }: DesignColumn): boolean {
  return labels.length === 0 && of.length > 0 && of.every((at) => tables[at]!.variables.every((name) => exposure.includes(name)));
}

function subject({ mean, ylabel }: PredictorTables, { name, link }: Parameter): string {
  const of = mean === "main" ? ylabel.replace(" | x", "") : name;
  // A line of E[y] is written y, as everybody does.
  if (link === "identity") return /^E\[(.*)\]$/.exec(of)?.[1] ?? of;
  return `${LINKS[link] ?? `${link} `}${of}`;
}

function sum(parts: readonly Part[]): string {
  const written = parts.map(({ coefficient, name }, i) => {
    const negative = coefficient !== null && coefficient.startsWith("-");
    const size = coefficient === null ? "" : i > 0 && negative ? coefficient.slice(1) : coefficient;
    const sign = i === 0 ? "" : negative ? " - " : " + ";
    return sign + [size, name].filter((word) => word !== "").join(" ");
  });
  return written.join("") || "0";
}
