/** What runs inside Redis, each as one step. */

import { script } from "../store/redis.ts";

/*
 * A window is a hash: `u` what is used, `e` when it ends, which is also its name. What is held is a hash of instance → amount, and
 * `alive` (a sorted set) says until when an instance counts.
 */

/** KEYS: alive, then one a claim. ARGV: instance, lease, then amount, limit, length (0: held) a claim. */
export const claim = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me = ARGV[1]
local used, ends, held = {}, {}, false
for i = 1, #KEYS - 1 do
  local key = KEYS[i + 1]
  local amount, limit, length = tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1]), tonumber(ARGV[i * 3 + 2])
  used[i], ends[i] = 0, 0
  if length == 0 then
    held = true
    local shares = redis.call('HGETALL', key)
    for j = 1, #shares, 2 do
      local until_ = redis.call('ZSCORE', KEYS[1], shares[j])
      if shares[j] ~= me and (not until_ or tonumber(until_) < now) then
        redis.call('HDEL', key, shares[j])
      else
        used[i] = used[i] + tonumber(shares[j + 1])
      end
    end
  else
    local window = redis.call('HMGET', key, 'u', 'e')
    local e = tonumber(window[2] or '0')
    if e > now and e - now <= length then
      used[i], ends[i] = tonumber(window[1]), e
    end
  end
  if used[i] + amount > limit then
    if length > 0 and ends[i] == 0 then ends[i] = now + length end
    return { i, used[i], ends[i] }
  end
end
if held then redis.call('ZADD', KEYS[1], now + ARGV[2], me) end
local reply = { 0 }
for i = 1, #KEYS - 1 do
  local key = KEYS[i + 1]
  local amount, length = tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 2])
  if length == 0 then
    redis.call('HINCRBY', key, me, amount)
    redis.call('PEXPIRE', key, 86400000)
  elseif ends[i] == 0 then
    ends[i] = now + length
    local e = string.format('%.0f', ends[i])
    redis.call('DEL', key)
    redis.call('HSET', key, 'u', amount, 'e', e)
    redis.call('PEXPIREAT', key, e)
  else
    redis.call('HINCRBY', key, 'u', amount)
  end
  reply[i * 2] = used[i] + amount
  reply[i * 2 + 1] = ends[i]
end
return reply
`);

/** KEYS as above. ARGV: instance, then change, end of the window (0: held) a claim. A window that is over is left alone. */
export const settle = script(`
for i = 1, #KEYS - 1 do
  local key, change, e = KEYS[i + 1], tonumber(ARGV[i * 2]), ARGV[i * 2 + 1]
  if e == '0' then
    if redis.call('HINCRBY', key, ARGV[1], change) <= 0 then redis.call('HDEL', key, ARGV[1]) end
  elseif redis.call('HGET', key, 'e') == e then
    if redis.call('HINCRBY', key, 'u', change) < 0 then redis.call('HSET', key, 'u', 0) end
  end
end
return 1
`);

/** KEYS: alive. ARGV: instance, lease. Who is long gone is forgotten on the way. */
export const beat = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 86400000)
return 1
`);
