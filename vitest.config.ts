import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fixtures/**"],
    // The built package runs as Node loads it.
    server: { deps: { external: [/\/dist\//] } },
    // One worker fewer than processors is the default: of two, half the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Modules are loaded once a worker, not once a file: a quarter of the processor time. Nothing in
    // src keeps what a test could leave behind.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
