/** Lua for wrk: arguments are body file, content type, and offset and length of the octets to draw anew each time. */
export const POST_SCRIPT = `
local prefix, suffix, random

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body = file:read("*a")
  file:close()
  local offset, length = tonumber(args[3]), tonumber(args[4])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = args[2]
  prefix, random, suffix = body:sub(1, offset), length, body:sub(offset + length + 1)
  math.randomseed(os.time())
  if random == 0 then
    local fixed = wrk.format(nil, nil, nil, body)
    request = function() return fixed end
  end
end

function request()
  local octets = {}
  for i = 1, random do octets[i] = string.char(math.random(0, 255)) end
  return wrk.format(nil, nil, nil, prefix .. table.concat(octets) .. suffix)
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'result {"requests":%d,"errors":%d,"seconds":%.6f,"p99":%.0f}\\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
    summary.duration / 1e6, latency:percentile(99)))
end
`;
