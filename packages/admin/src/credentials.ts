/** Credentials of providers that several models share; their values are encrypted and never told: /credentials */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { said } from "./replies.ts";
import { clearable } from "./shapes.ts";
import { free, name, names } from "./values.ts";

const { get, post, patch, remove } = rowsOf("credential management");

/** Values are masked. */
const credential = z.looseObject({
  credential_name: z.string(),
  display_name: z.string().nullish(),
  credential_info: z.record(z.string(), z.unknown()),
  credential_values: z.record(z.string(), z.unknown()),
  source: z.string().optional(),
});
const done = said.extend({ success: z.boolean() });

export const credentials = {
  new: post("/credentials", "credentials:write", "Stores a credential, given by its values or taken from a model.", {
    input: z
      .strictObject({
        credential_name: name,
        display_name: name.optional(),
        credential_info: free,
        credential_values: free.optional(),
        model_id: name.optional(),
      })
      .refine((input) => input.credential_values !== undefined || input.model_id !== undefined, {
        path: ["credential_values"],
        error: "must be given, or model_id",
        params: { status: 400 },
      }),
    reply: done,
  }),
  list: get("/credentials", "credentials:read", "All credentials, masked.", {
    input: z.strictObject({}),
    reply: z.looseObject({ success: z.boolean(), credentials: z.array(credential) }),
  }),
  byName: get("/credentials/by_name/{credential_name}", "credentials:read", "One credential, masked.", {
    input: z.strictObject({ credential_name: name }),
    reply: credential,
  }),
  byModel: get("/credentials/by_model/{model_id}", "credentials:read", "The credential of a model, masked.", {
    input: z.strictObject({ model_id: name }),
    reply: credential,
  }),
  update: patch("/credentials/{credential_name}", "credentials:write", "Changes what is given; values that are left out stay.", {
    input: z.strictObject({
      credential_name: name,
      credential_info: free.optional(),
      ...clearable({ display_name: name, credential_values: free, model_id: name, credential_values_to_delete: names }),
    }),
    nulls: "clear",
    reply: done,
  }),
  delete: remove("/credentials/{credential_name}", "credentials:write", "Deletes a credential.", {
    input: z.strictObject({ credential_name: name }),
    reply: done,
  }),
} as const;
