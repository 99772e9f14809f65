/**
 * The function `take_limits` of migration 0005 for Redis: the same rules, in one script. Each quota is a hash: `w` start
 * of the window, `t` taken, `s` seeded, and per lease a field `l:<id>` = [held, idle, reported, call, expires].
 * KEYS: the quotas in the order of the items. ARGV[1]: the call as JSON. Numbers are written out in full, since the
 * JSON of Redis keeps 14 digits only.
 */
export const TAKE_SCRIPT = `
local call = cjson.decode(ARGV[1])
local now = call.nowMs
if now == nil or now == cjson.null then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function number(value) return string.format('%.0f', value) end
local states = {}
for at, item in ipairs(call.items) do
  local state = { leases = {}, lost = 0, others = 0, othersIdle = 0, granted = 0 }
  local raw = redis.call('HGETALL', KEYS[at])
  for field = 1, #raw, 2 do
    local name, value = raw[field], raw[field + 1]
    if name == 'w' then state.window = tonumber(value)
    elseif name == 't' then state.taken = tonumber(value)
    elseif name == 's' then state.seeded = value == '1'
    else state.leases[string.sub(name, 3)] = cjson.decode(value) end
  end
  local isRate, isBudget = item.kind == 'rate', item.kind == 'budget'
  local isOver = state.window == nil
    or (isRate and item.isAsking and now >= state.window + 60000)
    or (isBudget and state.window < item.monthMs)
  if isOver then
    redis.call('DEL', KEYS[at])
    state.window = item.kind == 'slots' and 0 or now
    state.taken = 0
    state.seeded = not isBudget
    state.leases = {}
  end
  local own = state.leases[item.leaseId]
  for id, lease in pairs(state.leases) do
    if id ~= item.leaseId then
      if lease[5] > now then
        state.others = state.others + lease[1]
        state.othersIdle = state.othersIdle + lease[2]
      elseif lease[1] > 0 or item.kind == 'slots' then
        state.lost = state.lost + lease[1]
        if item.kind == 'slots' then redis.call('HDEL', KEYS[at], 'l:' .. id)
        else redis.call('HSET', KEYS[at], 'l:' .. id, '[0,0,' .. number(lease[3]) .. ',' .. number(lease[4]) .. ',' .. number(lease[5]) .. ']') end
      end
    end
  end
  if state.lost > 0 and isRate then state.taken = state.taken + state.lost end
  if state.lost > 0 and isBudget then state.seeded = false end
  state.stale = own ~= nil and own[4] >= call.call
  state.held, state.idle = 0, 0
  if not state.stale then
    state.isSame = item.windowMs == state.window
    if state.isSame then state.taken = state.taken + item.reported - (own and own[3] or 0) end
    if state.isSame or not isRate then state.held, state.idle = item.held, item.idle end
    if not state.seeded and item.seed ~= cjson.null and item.seed ~= nil then
      state.taken = math.max(state.taken, item.seed)
      state.seeded = true
    end
  end
  if item.isFrozen then
    state.held = state.held - state.idle
    state.idle = 0
  end
  state.left = item.limit - state.taken - state.others - state.held
  if state.stale or not state.seeded then state.left = 0 end
  states[at] = state
end
local groups = {}
for _, group in ipairs(call.groups) do
  local admitted, blocked = group.count, -1
  for _, part in ipairs(group.parts) do
    local state, units = states[part[1] + 1], part[2]
    if units > 0 or not state.seeded or state.stale then
      local fitting = math.floor(math.max(0, state.left) / math.max(1, units))
      if fitting < admitted then
        admitted = fitting
        blocked = part[1]
      end
    end
  end
  for _, part in ipairs(group.parts) do
    local state = states[part[1] + 1]
    state.left = state.left - admitted * part[2]
    state.granted = state.granted + admitted * part[2]
  end
  groups[#groups + 1] = '[' .. admitted .. ',' .. blocked .. ']'
end
local answers = {}
for at, item in ipairs(call.items) do
  local state, key = states[at], KEYS[at]
  local extra = math.max(0, math.min(item.wanted, math.floor((state.left + state.idle) / 16) - state.idle))
  if not state.stale then
    local held = state.held + state.granted + extra
    redis.call('HSET', key, 'w', number(state.window), 't', number(state.taken), 's', state.seeded and '1' or '0')
    if item.isLast and held == 0 then redis.call('HDEL', key, 'l:' .. item.leaseId)
    else
      redis.call('HSET', key, 'l:' .. item.leaseId, '[' .. number(held) .. ',' .. number(state.idle + extra) .. ','
        .. number(state.isSame and item.reported or 0) .. ',' .. number(call.call) .. ',' .. number(now + call.ttlMs) .. ']')
    end
    local keepMs = item.kind == 'rate' and 120000 or (item.kind == 'budget' and 3888000000 or call.ttlMs * 4)
    redis.call('PEXPIRE', key, number(keepMs))
  end
  local endsIn = item.kind == 'rate' and math.max(0, state.window + 60000 - now) or 0
  answers[at] = '[' .. number(state.window) .. ',' .. number(endsIn) .. ','
    .. number(state.stale and 0 or state.left - extra) .. ',' .. number(state.granted) .. ',' .. number(extra) .. ','
    .. number(state.othersIdle) .. ',' .. tostring(state.seeded) .. ',' .. tostring(state.stale) .. ']'
end
return '{"items":[' .. table.concat(answers, ',') .. '],"groups":[' .. table.concat(groups, ',') .. ']}'
`;

/** Use of quotas for display: per key [window, taken, held], or [] for one nobody used. */
export const READ_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answers = {}
for at, key in ipairs(KEYS) do
  local raw = redis.call('HGETALL', key)
  local window, taken, held = nil, 0, 0
  for field = 1, #raw, 2 do
    local name, value = raw[field], raw[field + 1]
    if name == 'w' then window = value
    elseif name == 't' then taken = value
    elseif name ~= 's' then
      local lease = cjson.decode(value)
      if lease[5] > now then held = held + lease[1] end
    end
  end
  answers[at] = window and ('[' .. window .. ',' .. taken .. ',' .. string.format('%.0f', held) .. ']') or '[]'
end
return '[' .. table.concat(answers, ',') .. ']'
`;
