import { expect, it } from "vitest";
import { withParameters } from "../locals.mjs";

/** What a script finds, as it is and with parameters. */
function run(code: string): { readonly found: unknown; readonly written: string } {
  const written = withParameters(`0,${code}`, "script");
  const [before, after] = [code, written].map((one) => (0, eval)(one) as unknown);
  expect(after).toEqual(before);
  return { found: after, written };
}

it("writes variables as parameters where all callers are known", () => {
  const { found, written } = run(`(()=>{let f=(a,b=2)=>{let c=a+b,{d}={d:c};if(d>9)return 9;let e,g=[d].map(x=>{let y=x*x;return y+1});return e=g[0],e};return[f(1),f(2,3),f(9)]})()`);
  expect(found).toEqual([10, 26, 9]);
  expect(written).not.toMatch(/\b(let|const)\b/);
});

it("keeps the values of arguments that callers give, and the order of what happens", () => {
  const log = `let log=[],say=(x)=>(log.push(x),x);`;
  const { found } = run(`(()=>{${log}let f=a=>{let b=say(a);say(3);let c=say(b+1);return c};return[f(1,5),[7,8].map(a=>{let i=say(a);return i}),[4].reduce((s,a)=>{let t=s+a;return t},0),log]})()`);
  expect(found).toEqual([2, [7, 8], 4, [1, 3, 2, 7, 8]]);
});

it("leaves alone an arrow whose callers it does not know", () => {
  for (const used of ["g=f", "[f]", "f(...[1,2])", "({f})", "f.call(0,1)", "f=()=>4"]) {
    const code = `(()=>{let g,h=(...all)=>all,f=a=>{let b=a+1;return b};return f(1),${used}})`;
    expect(withParameters(code, "script")).toBe(code);
  }
  const code = `on(a=>{let b=a+1;return b})`;
  expect(withParameters(code, "script")).toBe(code);
});

it("leaves alone the function that is the whole script", () => {
  const code = "(()=>{let a=1;a()})();";
  expect(withParameters(code, "script")).toBe(code);
});

it("leaves alone what a parameter would not see, or would hide", () => {
  for (const body of ["{let b=()=>c;var d=()=>{},x=1;{var c=3}return b()}", "{let b=2;function c(){return b}return c()}"]) {
    const code = `0,(()=>{let f=a=>${body};return f(1)})`;
    expect(withParameters(code, "script")).toBe(code);
  }
  expect(run(`(()=>{let b=5,f=(a=b)=>{let b=a+1;return b};return f()})()`).found).toBe(6);
  expect(run(`(()=>{let b=5,f=a=>{{let b=7;a+=b}let c=b;return a+c};return f(1)})()`).found).toBe(13);
});

it("assigns what is awaited", async () => {
  const written = withParameters("0,(async()=>{let a=await 1,b=a+1;return b})()", "script");
  expect(written).not.toContain("let");
  expect(await (0, eval)(written)).toBe(2);
});
