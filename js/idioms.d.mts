export function withIdioms(code: string, sourceType: "script" | "module"): string;
