import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["tollgate-source"] },
  ssr: { resolve: { conditions: ["tollgate-source"] } },
  test: { include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"], testTimeout: 20_000, pool: "threads" },
});
