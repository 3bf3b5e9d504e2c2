import { expect, it } from "vitest";
import { withIdioms } from "../idioms.mjs";

/** What a function of a script finds, whose body is given, as it is and with idioms. */
function run(body: string): { readonly found: unknown; readonly written: string } {
  const code = `(()=>{globalThis.found=(()=>{${body}})()})();`;
  const written = withIdioms(code, "script");
  const [before, after] = [code, written].map((one) => ((0, eval)(one), (globalThis as { found?: unknown }).found));
  expect(after).toEqual(before);
  return { found: after, written };
}

it("makes lists of a length by one function", () => {
  const { found, written } = run(`let k=2,n=3;return[Array.from({length:k},()=>7),Float64Array.from({ length: n+1 }, (_, i) => i*i),Array.from({length:2},(_,i)=>Array.from({length:i},(_,j)=>[i,j]))]`);
  expect(found).toEqual([[7, 7], Float64Array.of(0, 1, 4, 9), [[], [[1, 0]]]]);
  expect(written.match(/\.from\(/g)).toHaveLength(1);
});

it("leaves lists of which the function is not known, or uses what it is first given", () => {
  const body = "let f=(_,i)=>i;return[Array.from({length:2},f),Array.from({length:2},(x,i)=>[x,i]),Array.from([3],(_,i)=>i),Array.from({length:1},(x,i,...all)=>all),Array.from({length:2})]";
  expect(run(body).written).not.toContain("$counted");
});

it("throws errors by one function", () => {
  const { found, written } = run(`let E=Error;return[1,2,3,4,5].map(k=>{try{if(k==1)throw new Error("a");else if(k==2)throw new Error;if(k==5)throw new Error("d");if(k==3)throw new Error("b "+k);throw new E("c");}catch(e){return e.message}})`);
  expect(found).toEqual(["a", "", "b 3", "c", "d"]);
  expect(written.match(/\$thrown\(/g)).toHaveLength(4);
});

it("keeps a script that has few of them", () => {
  const code = "(()=>{Array.from({length:2},(_,i)=>i);throw new Error('a')})();";
  expect(withIdioms(code, "script")).toBe(code);
});
