import { single } from "./format.js";

/** A table as text, ready for a clipboard. `null` is a value that does not exist. */
export interface Table {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** A column of numbers, or of words; null and what is not finite are left empty. */
export interface TableColumn {
  readonly name: string;
  readonly values: ArrayLike<number> | readonly (string | null)[];
}

/** A table of columns of one length. A number is written so that it is read back as what it was. */
export function ofColumns(caption: string, columns: readonly TableColumn[]): Table {
  const cells = columns.map(({ values }) => {
    const print = values instanceof Float32Array ? single : String;
    const cell = (value: number | string | null) => (typeof value !== "number" ? value : Number.isFinite(value) ? print(value) : null);
    return Array.from<number | string | null, string | null>(values as ArrayLike<number | string | null>, cell);
  });
  const rows = (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]!));
  return { caption, header: columns.map(({ name }) => name), rows };
}

/** The formats people paste into a paper, a README or a sheet. */
const FORMATS = { csv, markdown, latex };

export type TableFormat = keyof typeof FORMATS;

export const write = (table: Table, as: TableFormat): string => FORMATS[as](table);

/** RFC 4180, with newlines as line ends. */
function csv({ header, rows }: Table): string {
  const field = (text: string | null) => {
    const value = text ?? "";
    return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  };
  return [header, ...rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
}

/** A pipe table of GitHub-flavoured Markdown: names left, numbers right. */
function markdown({ header, rows }: Table): string {
  const cell = (text: string | null) => oneLine(text ?? "").replace(/[\\`*_|<>[\]]/g, "\\$&");
  const line = (cells: readonly (string | null)[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `| ${header.map((_, i) => (i === 0 ? ":---" : "---:")).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n") + "\n";
}

/** A `tabular` that needs no package. */
function latex({ caption, header, rows }: Table): string {
  const line = (cells: readonly (string | null)[]) => `  ${cells.map((text) => escapeLatex(text ?? "--")).join(" & ")} \\\\`;
  const rule = "  \\hline";
  const begin = ["\\begin{table}", `  \\caption{${escapeLatex(caption)}}`, `  \\begin{tabular}{l${"r".repeat(header.length - 1)}}`];
  return [...begin, rule, line(header), rule, ...rows.map(line), rule, "  \\end{tabular}", "\\end{table}", ""].join("\n");
}

const LATEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "|": "\\textbar{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
};

/** Text that LaTeX prints as it is written. */
export const escapeLatex = (text: string): string => oneLine(text).replace(/[\\~^|<>_%&#{}$]/g, (char) => LATEX[char] ?? `\\${char}`);

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, " ");
