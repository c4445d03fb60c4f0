// How long responses waited for their record, and how many records were written together, as the gateway's own histograms have it.

const BUCKET = /^empego_gateway_audit_wait_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm;

/** The bounds below which half of all waits were, and all but one in a hundred; and how many records a sync was for. */
export async function waits(adminAddress) {
  const page = await (await fetch(`http://${adminAddress}/metrics`)).text();
  const buckets = [...page.matchAll(BUCKET)].map(([, bound, count]) => ({ bound: Number(bound), count: Number(count) }));
  buckets.sort((one, other) => (one.bound < other.bound ? -1 : 1));
  const all = Number(/^empego_gateway_audit_wait_seconds_count (\d+)$/m.exec(page)[1]);
  const below = (share) => {
    const { bound } = buckets.find(({ count }) => count >= share * all) ?? { bound: Infinity };
    return Number.isFinite(bound) ? `≤ ${1000 * bound} ms` : 'more';
  };
  const figure = (name) => Number(new RegExp(`^empego_gateway_audit_group_size_${name} ([\\d.]+)$`, 'm').exec(page)[1]);
  return { p50: below(0.5), p99: below(0.99), together: figure('sum') / figure('count') };
}
