// The layers of a launch: the functions that each begins with, and those inside that are another layer's.

const edge = /edge::(rim::(begin|refused_before_routing|finished)|connection::|request_line::)|poll_buf::poll_read_buf/;
const authenticate =
  /authenticated::(credential|context|until|check_origin|check_tenant_key)$|Guesses::(may_try|succeeded)$|Directory::authenticate/;
const parse = /domain::empego::launch::(drop_in|native)::parse$/;
const header = /UserHeader::encode$/;
const plan = /domain::empego::launch::plan$/;
const outgoing = /Account::outgoing$/;
const call = /wire::sender::Sender::send::/;
const url = /EmbedUrl::(parse_plain|in_body)|domain::embed_url::text_of$/;
const answer = /EmbedDocument::(new|to_json)$|accept::wants_json$|Gateway::deliver$/;
const record = /edge::record::Record::(write|kept)/;

/** What is counted of each: `parts` with all that they call, less what is in `others`. */
export const LAYERS = [
  { name: 'edge', tells: 'the connection’s bytes, the request’s id, the headers of every response', parts: edge },
  { name: 'authenticate', tells: 'the key, what is known of the address, the questions about headers', parts: authenticate },
  { name: 'parse', tells: 'header and query, or body, to a launch', parts: parse },
  { name: 'plan', tells: 'the decision', parts: plan, others: header },
  { name: 'header', tells: 'JSON and base64 of the user header', parts: header },
  { name: 'call', tells: 'the two libraries’ call, from the finished request to the whole response', parts: call },
  { name: 'request', tells: 'URL and headers of the call', parts: outgoing },
  { name: 'URL', tells: 'the check of what came back', parts: url },
  { name: 'answer', tells: 'the form of the response', parts: answer },
  { name: 'record', tells: 'log line and figures', parts: record },
];
