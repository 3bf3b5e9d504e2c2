export function withParameters(code: string, sourceType: "script" | "module"): string;
