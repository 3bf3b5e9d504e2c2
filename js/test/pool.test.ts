import { expect, it } from "vitest";
import { pooled } from "../pool.mjs";

/** What a function of a script finds, whose body is given. */
function run(body: string): unknown {
  const script = `"use strict";(()=>{globalThis.found=(()=>{${body}})()})();`;
  const written = pooled(script, "script");
  expect(written).not.toBe(script);
  const found = [script, written].map((code) => ((0, eval)(code), (globalThis as { found?: unknown }).found));
  expect(found[1]).toEqual(found[0]);
  return found[1];
}

it("reads members and texts by variables", () => {
  const body = `let a={innermost:{outermost:1}},n=null,k="innermost"in a,t=typeof a=="innermost";
    let{innermost:{outermost:b=2}}=a;function f(x){switch(x){case"innermost":return"innermost";default:return"other"}}
    return[a.innermost.outermost,(a).innermost?.outermost,n?.innermost,a["innermost"],b,k,t,f("innermost"),100 .innermost,"innermost\\u2013".length]`;
  expect(run(body)).toEqual([1, 1, undefined, { outermost: 1 }, 1, true, false, "innermost", undefined, 10]);
});

it("keeps a script that has nothing twice", () => {
  expect(pooled("(()=>{a.b('c')})()", "script")).toBe("(()=>{a.b('c')})()");
});

it("adds variables to a module, and leaves what it exports", () => {
  const module = 'const a=b.innermost+c.innermost+d.innermost+"innermost"+"innermost";export{a as innermost};';
  expect(pooled(module, "module")).toMatch(/^var (pooled0)="innermost";const a=b\[\1\]\+c\[\1\]\+d\[\1\]\+\1\+\1;export\{a as innermost\};$/);
});
