import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["tollgate-source"] },
  ssr: { resolve: { conditions: ["tollgate-source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 20_000,
    pool: "threads",
    // PostgreSQL and Redis, started when a test asks for them.
    globalSetup: ["packages/testkit/src/servers/shared-servers.ts"],
  },
});
