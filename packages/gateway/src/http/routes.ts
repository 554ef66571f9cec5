/** All routes beside the LLM ones, each behind its gate. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { BuiltHouse, PriceBook } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";
import type { TeamModels } from "../access/team-models.ts";
import { registerAbout } from "./about-routes.ts";
import { type Handlers, serveAdmin } from "./admin-routes.ts";
import type { Gate } from "./gate.ts";
import { type Kept, registerHealth, registerPublicHealth } from "./health-routes.ts";
import { registerModelRoutes } from "./model-routes.ts";
import { registerUnbuiltRoutes } from "./unbuilt-routes.ts";
import { registerUtilities } from "./utility-routes.ts";

export interface RouteParts {
  readonly house: BuiltHouse;
  readonly book: PriceBook;
  readonly version: string;
  /** `SERVER_ROOT_PATH`. */
  readonly rootPath: string;
  readonly gate: Gate;
  readonly handlers: Handlers;
  /** Undefined when it can serve, else why not. */
  readonly notReady: () => string | undefined;
  readonly keeping: Kept | undefined;
  readonly teamModels: (() => TeamModels) | undefined;
  readonly newCallId: () => string;
}

export function registerRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { house, version, book, gate } = parts;
  const health = { house, version, notReady: parts.notReady, keeping: parts.keeping };
  void app.register(
    (scope, _options, done) => {
      registerAbout(scope, version);
      registerPublicHealth(scope, health);
      serveAdmin(scope, { handlers: parts.handlers, gate: (request, row) => gate.row(request, row), newCallId: parts.newCallId });
      void scope.register((guarded, _, ready) => {
        const known = new WeakMap<FastifyRequest, Principal>();
        guarded.addHook("onRequest", async (request) => void known.set(request, await gate.anybody(request)));
        registerModelRoutes(guarded, {
          routes: () => house.router.routes,
          book,
          whoOf: (request) => known.get(request),
          teamModels: parts.teamModels,
        });
        registerUtilities(guarded, house);
        ready();
      });
      void scope.register((guarded, _, ready) => {
        guarded.addHook("onRequest", async (request) => void (await gate.admin(request)));
        registerHealth(guarded, health);
        ready();
      });
      done();
    },
    { prefix: parts.rootPath },
  );
  registerUnbuiltRoutes(app, async (request) => void (await gate.anybody(request)));
}
