/** A closed-loop load generator on raw sockets: its parent sends jobs, it answers with counts and times in milliseconds. */
import { connect } from "node:net";

const graceMs = 10_000;
/** All sockets read into this: each part is looked at before the next one is read. */
const shared = Buffer.allocUnsafe(1 << 18);
const now = () => performance.now();
const microseconds = () => Number(process.hrtime.bigint() / 1000n);

/** Runs a job until its time or its count is over, and what is in flight has ended. */
function run(job) {
  return new Promise((resolve) => {
    const began = now();
    const tally = { began, job, deadline: began + job.seconds * 1000, started: 0, done: 0, inTime: 0, failed: 0, left: 0, last: began };
    Object.assign(tally, {
      request: Buffer.from(job.request, "latin1"),
      latency: [],
      firstByte: [],
      firstContent: [],
      delay: [],
      error: "",
    });
    const lines = [];
    let finished = false;
    const finish = () => {
      if (finished) return;
      finished = true;
      clearTimeout(limit);
      for (const line of lines) line.close();
      resolve(summary(tally));
    };
    const limit = setTimeout(finish, job.seconds * 1000 + (job.graceMs ?? graceMs));
    tally.over = () => tally.started === tally.done + tally.failed + tally.left && lines.length === job.connections && finish();
    const open = () => {
      lines.push(lineOf(tally));
      lines.at(-1).begin();
      if (lines.length === job.connections) return;
      if (job.rampMs) setTimeout(open, job.rampMs / job.connections);
      else open();
    };
    open();
  });
}

/** One connection: asks, reads the answer whole, asks again. */
function lineOf(tally) {
  const { job } = tally;
  let socket;
  let answer;
  const begin = () => {
    answer = undefined;
    if (now() >= tally.deadline || tally.started >= job.requests || tally.failed > 200) return tally.over();
    tally.started++;
    answer = { began: now(), head: undefined, status: 0, missing: 0, marks: 0, tail: "", pending: undefined };
    if (!socket) socket = dial();
    socket.write(tally.request);
    if (job.leaveAfterMs) setTimeout(leave, job.leaveAfterMs, answer);
  };
  const dial = () => {
    const made = connect({ host: "127.0.0.1", port: job.port, noDelay: true, onread: { buffer: shared, callback: take } });
    made.on("error", () => {});
    made.on("close", () => {
      if (made !== socket) return;
      socket = undefined;
      if (answer) end(false);
    });
    return made;
  };
  const take = (size, buffer) => {
    if (answer && read(answer, buffer.subarray(0, size), tally)) end(true);
    return true;
  };
  const end = (whole) => {
    count(tally, answer, whole);
    if (socket && (!whole || answer.closes)) close();
    begin();
  };
  const leave = (asked) => {
    if (asked !== answer) return;
    tally.left++;
    close();
    begin();
  };
  const close = () => {
    const old = socket;
    socket = undefined;
    old?.destroy();
  };
  return { begin, close };
}

/** Takes the next bytes of an answer; true when it is complete. */
function read(answer, bytes, tally) {
  let rest = bytes;
  if (answer.head === undefined) {
    answer.firstByte ??= now();
    if (answer.pending) rest = Buffer.concat([answer.pending, bytes]);
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) {
      answer.pending = Buffer.from(rest);
      return false;
    }
    readHead(answer, rest.latin1Slice(0, end));
    rest = rest.subarray(end + 4);
  }
  if (tally.job.marks) scan(answer, rest, tally);
  if (answer.chunked) {
    answer.tail = (answer.tail + rest.latin1Slice(Math.max(0, rest.length - 7))).slice(-7);
    return answer.tail === "\r\n0\r\n\r\n" || answer.tail === "0\r\n\r\n";
  }
  answer.missing -= rest.length;
  return answer.missing <= 0;
}

function readHead(answer, head) {
  answer.head = head;
  answer.status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length:\s*(\d+)/i.exec(head);
  answer.chunked = !length;
  answer.missing = Number(length?.[1] ?? 0);
  answer.closes = /\r\nconnection:\s*close/i.test(head);
}

/** Counts the marks of content events, and how long each was under way, where its digits stand in one piece. */
function scan(answer, bytes, tally) {
  for (let at = bytes.indexOf(64); at >= 0; at = bytes.indexOf(64, at + 1)) {
    if (answer.marks++ === 0) answer.firstContent = now();
    else if (tally.job.delays && at + 13 <= bytes.length)
      tally.delay.push((microseconds() - Number(bytes.latin1Slice(at + 1, at + 13))) / 1000);
  }
}

function count(tally, answer, whole) {
  const { job } = tally;
  const time = now();
  if (!whole || answer.status !== 200 || answer.marks < (job.marks ?? 0)) {
    tally.failed++;
    tally.error ||= `${whole ? "complete" : "cut"}, status ${answer.status}, ${answer.marks} events`;
    return;
  }
  tally.done++;
  tally.last = time;
  if (time <= tally.deadline) tally.inTime++;
  tally.latency.push(time - answer.began);
  tally.firstByte.push(answer.firstByte - answer.began);
  if (answer.firstContent) tally.firstContent.push(answer.firstContent - answer.began);
}

function summary({ job, began, started, done, inTime, failed, left, last, error, ...times }) {
  const seconds = Math.max(0.001, Math.min(job.seconds, (last - began) / 1000));
  const quantiles = Object.fromEntries(
    ["latency", "firstByte", "firstContent", "delay"].flatMap((name) => {
      const sorted = Float64Array.from(times[name]).sort();
      return [50, 99].map((percent) => [`${name}P${percent}`, sorted[Math.floor((sorted.length * percent) / 100)]]);
    }),
  );
  return {
    requests: done,
    failed,
    left,
    unfinished: started - done - failed - left,
    perSecond: (inTime || done) / seconds,
    error,
    ...quantiles,
  };
}

process.on("message", async (job) => process.send(await run(job)));
process.on("disconnect", () => process.exit(0));
