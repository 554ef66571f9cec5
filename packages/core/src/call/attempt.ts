/** One send to one deployment: from the client's body to an answer whose first bytes are known to be good. */

import { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import type { Deployment } from "../router/deployment.ts";
import { type Answer, answerOf, encoderOf, isLive } from "./answer.ts";
import type { Call, House } from "./call.ts";
import { exchange, settled } from "./exchange.ts";
import { laneOf } from "./lane.ts";
import { prepare } from "./outbound.ts";
import { jsonAnswer } from "./read-reply.ts";
import type { Sent } from "./sent.ts";
import { Silence } from "./silence.ts";

/** Throws a GatewayError; whoever made the attempt tells the router. */
export async function attempt(call: Call, deployment: Deployment, house: House): Promise<Answer> {
  const cancel = new Cancel();
  call.cancel.tell(cancel);
  const totalMs = call.timeoutMs ?? deployment.timeouts.totalMs ?? house.timeouts.totalMs;
  const total = house.clock.after(totalMs, () => cancel.abort(timeout(totalMs, deployment)));
  const silence = (): Silence => {
    const silenceMs = call.streamTimeoutMs ?? deployment.timeouts.silenceMs ?? house.timeouts.silenceMs ?? totalMs;
    return new Silence(house.clock, silenceMs, () => cancel.abort(timeout(silenceMs, deployment)));
  };
  let live = false;
  try {
    const lane = laneOf(deployment, call.client);
    // Before anything is sent: an operation without streams must not cost a call.
    const encoder = call.stream ? encoderOf(call, lane) : undefined;
    const made = prepare(call, deployment, lane, house);
    const prepared = made instanceof Promise ? await made : made;
    const sent: Sent = { call, deployment, lane, prepared, house };
    const first = await exchange(sent, prepared.request, cancel);
    const reply = first.status < 300 ? first : await settled(sent, first, prepared.request, cancel);
    if (!call.stream && lane.plain) {
      const whole = reply.read(house.limits.replyBytes);
      return jsonAnswer(sent, reply, whole instanceof Promise ? await whole : whole);
    }
    const answer = await answerOf(sent, reply, encoder, { cancel, total, silence });
    live = isLive(answer);
    return answer;
  } catch (thrown) {
    throw namedBy(GatewayError.from(cancel.aborted ? cancel.reason : thrown), deployment);
  } finally {
    if (!live) {
      call.cancel.leaveOut(cancel);
      total.cancel();
    }
  }
}

function timeout(milliseconds: number, deployment: Deployment): GatewayError {
  const limit = `${milliseconds / 1000} s`;
  return new GatewayError(
    "timeout",
    `${deployment.provider} did not answer within ${limit} (timeout). Raise timeout or stream_timeout of the deployment or the request.`,
  );
}

function namedBy(error: GatewayError, deployment: Deployment): GatewayError {
  return error.detail.provider ? error : error.with({ provider: deployment.provider, model: deployment.model });
}
