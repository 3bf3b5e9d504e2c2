import { expect, it } from "vitest";
import { withArrows } from "../arrows.mjs";

/** What a function of a script finds, whose body is given, as it is and with arrows. */
function run(body: string): { readonly found: unknown; readonly written: string } {
  const written = withArrows(`"use strict";(()=>{${body}})();`, "script");
  const [before, after] = [`(()=>{${body}})()`, written].map((code) => (0, eval)(code) as unknown);
  expect(after).toEqual(before);
  return { found: after, written };
}

it("writes declared functions as arrows, where they can be called above their line and call themselves", () => {
  const { found, written } = run(`let a=twice(3);return[a,fall(4)];function twice(x){return plus(x,x);function plus(y,z=1){return y+z}}function fall(n){return n?n+fall(n-1):0}`);
  expect(found).toEqual([6, 10]);
  expect(written).not.toContain("function");
});

it("keeps functions in their blocks", () => {
  const { found, written } = run(`let f=()=>1;{function g(){return f()+1}f=g.bind(null)};let h=0;if(h===0){h=k();function k(){return 7}}return h`);
  expect(found).toBe(7);
  expect(written).not.toContain("function");
});

it("leaves alone what has a this, its arguments or instances, and generators", () => {
  const { found, written } = run(
    `function A(){this.b=1}function c(){return arguments.length}function*d(){yield 2}function e(){return()=>this.f}function g(){return 1}g=()=>3;
    return[new A().b,c(1,2),...d(),e.call({f:5})(),g()]`,
  );
  expect(found).toEqual([1, 2, 2, 5, 3]);
  expect(written.match(/function/g)).toHaveLength(5);
});
