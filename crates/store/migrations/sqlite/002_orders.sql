-- Ids and digests are bytes; times count microseconds since 1970. Nothing here says who a patient is, or what was ordered.

-- Which orders were placed under which key of a host. Without an order, the placing has not ended yet.
create table idempotency (
    tenant text not null,
    host text not null,
    key blob not null,
    body blob not null,
    order_id blob,
    created integer not null,
    primary key (tenant, host, key)
) strict, without rowid;

create index idempotency_created on idempotency (created);

-- What was last read of an order, and whether it has to be read again. `marks` counts what asked for that; `claim` is the
-- count at which a reader took it, and `urgent` the one at which it became urgent.
create table followed_order (
    team_id blob not null,
    environment text not null,
    order_id blob not null,
    tenant text not null,
    transaction_id blob,
    state text,
    raw_status text,
    upstream_updated_at integer,
    last_event_id integer,
    appointment_id blob,
    visit_state text,
    dirty_since integer,
    urgent integer not null,
    marks integer not null,
    claim integer,
    due_at integer not null,
    attempts integer not null,
    checked_at integer,
    changed_at integer not null,
    primary key (team_id, environment, order_id)
) strict, without rowid;

create index followed_order_due on followed_order (due_at) where dirty_since is not null;
create index followed_order_changed on followed_order (changed_at);

-- Up to when a team's orders were compared with those that Junction has.
create table reconciliation (
    team_id blob not null,
    environment text not null,
    until integer not null,
    primary key (team_id, environment)
) strict, without rowid;

create table receipt (
    endpoint text not null,
    id blob not null,
    received integer not null,
    primary key (endpoint, id)
) strict, without rowid;

create index receipt_received on receipt (endpoint, received);

-- A number is never given twice, not even if the event that had it is gone.
create table event (
    seq integer primary key autoincrement,
    tenant text not null,
    team_id blob not null,
    order_id blob not null,
    kind text not null,
    state text not null,
    at integer not null,
    noted integer not null
) strict;

create index event_tenant on event (tenant, seq);
create index event_noted on event (noted);

create table endpoint (
    endpoint text primary key,
    disabled_at integer,
    disabled_for text,
    failing_since integer,
    delivered_at integer
) strict, without rowid;

-- Up to which event an endpoint's queue is filled.
create table endpoint_cursor (
    endpoint text not null,
    tenant text not null,
    seq integer not null,
    primary key (endpoint, tenant)
) strict, without rowid;

create table delivery (
    endpoint text not null,
    seq integer not null,
    order_id blob not null,
    is_urgent integer not null,
    attempts integer not null,
    next_at integer not null,
    held_until integer,
    is_dead integer not null,
    last_error text,
    primary key (endpoint, seq)
) strict, without rowid;

create index delivery_order on delivery (endpoint, order_id, is_urgent, seq) where is_dead = 0;
create index delivery_next on delivery (endpoint, is_urgent desc, seq) where is_dead = 0;

create table lease (
    name text primary key,
    holder text not null,
    until integer not null
) strict, without rowid;
