export function pooled(code: string, sourceType: "script" | "module"): string;
