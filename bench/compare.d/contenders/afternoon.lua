-- The script one writes in an afternoon: it compares the host's key, looks for a userId and at the locale, calls, and looks at
-- how the URL begins. Nothing else is checked, and no caller learns what was wrong.

local cjson = require "cjson.safe"

local DROP_IN_PREFIX = #"/empego-integrations/R4/embeddable/"
local NATIVE_PREFIX = #"/v1/embeddable/"
local LOCALES = { fr = true, en = true }

local host_key, embed_start

local function check_key()
  if ngx.var.http_api_key ~= host_key then
    ngx.exit(401)
  end
end

local function check(clinician, locale)
  if type(clinician) ~= "table" or type(clinician.userId) ~= "string" or clinician.userId == "" then
    ngx.exit(400)
  end
  if locale and not LOCALES[locale] then
    ngx.exit(400)
  end
end

local function call(endpoint, args, user_header)
  local answer = ngx.location.capture("/empego/" .. endpoint, { args = args, vars = { user_header = user_header } })
  if answer.status ~= 200 or answer.body:sub(1, #embed_start) ~= embed_start then
    ngx.exit(502)
  end
  return answer.body
end

local function respond(content_type, body)
  ngx.header["Content-Type"] = content_type
  ngx.header["Content-Length"] = #body
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(body)
end

local function drop_in()
  check_key()
  local header = ngx.var.http_x_integration_user
  check(cjson.decode(header and ngx.decode_base64(header) or ""), ngx.var.arg_locale)
  local url = call(ngx.var.uri:sub(DROP_IN_PREFIX + 1), ngx.var.args, header)
  respond("text/plain; charset=utf-8", url)
end

local function native()
  check_key()
  ngx.req.read_body()
  local body = cjson.decode(ngx.req.get_body_data() or "")
  if type(body) ~= "table" or type(body.clinician) ~= "table" then
    ngx.exit(400)
  end
  local language = body.clinician.preferredLanguage
  local locale = body.locale or (language and language:lower())
  check(body.clinician, locale)
  local args = "patientKey=" .. ngx.escape_uri(body.patientKey or "") .. (locale and "&locale=" .. locale or "")
  local url = call(ngx.var.uri:sub(NATIVE_PREFIX + 1), args, ngx.encode_base64(cjson.encode(body.clinician)))
  respond("application/json", cjson.encode { url = url })
end

return {
  drop_in = drop_in,
  native = native,
  configure = function(settings)
    host_key = settings.host_key
    embed_start = "https://" .. settings.embed_host .. "/"
  end,
}
