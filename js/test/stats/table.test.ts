import { expect, it } from "vitest";
import { escapeLatex, write } from "../../src/stats/table.js";

const table = {
  caption: "A_b",
  header: ["parameter", "5.5%"],
  rows: [
    ['1|g["a", b]\nc', "1.0"],
    ["x_1", null],
  ],
};

it("quotes CSV fields that hold commas, quotes or newlines", () => {
  expect(write(table, "csv")).toBe('parameter,5.5%\n"1|g[""a"", b]\nc",1.0\nx_1,\n');
});

it("escapes pipes in Markdown and keeps a row on its line", () => {
  const lines = write(table, "markdown").split("\n");
  expect(lines[1]).toBe("| :--- | ---: |");
  expect(lines[2]).toBe('| 1\\|g\\["a", b\\] c | 1.0 |');
  expect(lines[3]).toBe("| x\\_1 |  |");
});

it("escapes every character that LaTeX reads as a command", () => {
  expect(escapeLatex("_ % & # { } $")).toBe("\\_ \\% \\& \\# \\{ \\} \\$");
  expect(escapeLatex("\\~^")).toBe("\\textbackslash{}\\textasciitilde{}\\textasciicircum{}");
  expect(write(table, "latex")).toContain("\n  parameter & 5.5\\% \\\\\n");
  expect(write(table, "latex")).toContain("\\caption{A\\_b}");
});
