/** Links by which new users choose their password: /invitation/…, /onboarding/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { maybeStamp, stamp } from "./replies.ts";
import { flag, name, password } from "./values.ts";

const { get, post } = rowsOf("invitations");

const invitation = z.looseObject({
  id: z.string(),
  user_id: z.string(),
  is_accepted: z.boolean(),
  accepted_at: maybeStamp,
  expires_at: stamp,
  created_at: maybeStamp,
  created_by: z.string().nullish(),
});
const which = z.strictObject({ invitation_id: name });

export const invitations = {
  new: post("/invitation/new", "users:write", "Makes a link for a user that works once and ends after 72 hours.", {
    input: z.strictObject({ user_id: name }),
    reply: invitation,
  }),
  info: get("/invitation/info", "users:read", "One invitation.", { input: which, reply: invitation }),
  update: post("/invitation/update", "users:write", "Says that an invitation is accepted, or not.", {
    input: z.strictObject({ invitation_id: name, is_accepted: flag }),
    reply: invitation,
  }),
  delete: post("/invitation/delete", "users:write", "Ends an invitation.", { input: which, reply: invitation }),
  open: get("/onboarding/get_token", "public", "What the page behind a link needs to know: whose it is.", {
    input: z.strictObject({ invite_link: name }),
    reply: z.looseObject({ user_email: z.string().nullish() }),
  }),
  claim: post("/onboarding/claim_token", "public", "Sets the password of the invited user, once.", {
    input: z.strictObject({ invitation_link: name, user_id: name, password }),
    reply: z.looseObject({}),
  }),
} as const;
