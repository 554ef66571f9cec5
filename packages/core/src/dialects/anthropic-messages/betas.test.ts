/** Tests of the beta headers that a request needs. */

import { describe, expect, it } from "vitest";
import type { ModelFacts } from "../../hub/model-facts.ts";
import type { TranslateContext } from "../dialect.ts";
import { betaHeader, betasIn, betasOf } from "./betas.ts";
import { anthropicMessages } from "./provider-side.ts";

function contextOf(more: { facts?: ModelFacts; settings?: object; asked?: object } = {}): TranslateContext<"chat"> {
  return {
    asked: { model: "m", messages: [], ...more.asked },
    model: "m",
    publicModel: "m",
    facts: more.facts ?? {},
    settings: { model: "m", ...more.settings },
    dropParams: false,
    fetched: new Map(),
    now: 0,
    newId: () => "id",
  };
}

describe("betas", () => {
  it.each([
    ["a plain request", {}, []],
    ["tools that left their beta", { tools: [{ type: "bash_20250124" }, { type: "web_search_20250305" }, { name: "f" }] }, []],
    ["the computer tool", { tools: [{ type: "computer_20250124" }] }, ["computer-use-2025-01-24"]],
    [
      "two tools of one beta",
      { tools: [{ name: "f", defer_loading: true }, { type: "tool_search_tool_regex_20251119" }] },
      ["advanced-tool-use-2025-11-20"],
    ],
    ["MCP servers", { mcp_servers: [{ type: "url" }] }, ["mcp-client-2025-04-04"]],
    ["an MCP toolset", { mcp_servers: [{ type: "url" }], tools: [{ type: "mcp_toolset" }] }, ["mcp-client-2025-11-20"]],
    ["stored files", { messages: [{ content: [{ type: "document", source: { type: "file" } }] }] }, ["files-api-2025-04-14"]],
    ["compaction", { context_management: { edits: [{ type: "compact_20260112" }] } }, ["compact-2026-01-12"]],
    ["clearing", { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }, ["context-management-2025-06-27"]],
    ["speed", { speed: "fast" }, ["fast-mode-2026-02-01"]],
    ["an effort on a model that does not adapt", { output_config: { effort: "low" } }, ["effort-2025-11-24"]],
  ])("of %s", (_, wire, betas) => {
    expect(betasOf(contextOf(), wire)).toEqual(betas);
  });

  it("needs none for an effort on a model that adapts", () => {
    expect(betasOf(contextOf({ facts: { supports_adaptive_thinking: true } }), { output_config: { effort: "low" } })).toEqual([]);
  });

  it("reads what config files and clients write", () => {
    expect(betasIn({ "Anthropic-Beta": "a, b,,c" })).toEqual(["a", "b", "c"]);
    expect(betasIn({ "anthropic-beta": ["a", "b"] })).toEqual(["a", "b"]);
    expect(betasIn(undefined)).toEqual([]);
  });

  it("is no header when there is none", () => {
    expect(betaHeader([])).toEqual({});
  });

  it("joins those of the deployment, the client and the request, each once", () => {
    const context = contextOf({
      settings: { extra_headers: { "anthropic-beta": "a,b" } },
      asked: { extra_headers: { "anthropic-beta": "b,c" } },
    });
    expect(anthropicMessages.headers?.(context, { tools: [{ type: "computer_20241022" }] })).toEqual({
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "a,b,c,computer-use-2024-10-22",
    });
  });
});
