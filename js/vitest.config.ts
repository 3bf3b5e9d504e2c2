import { defineConfig } from "vitest/config";

export default defineConfig({ test: { environment: "jsdom", globalSetup: "translate.mjs", include: ["test/**/*.test.ts"] } });
