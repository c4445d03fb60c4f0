-- Which orders were placed under which key of a host. Without an order, the placing has not ended yet.
create table idempotency (
    tenant text not null,
    host text not null,
    key bytea not null,
    body bytea not null,
    order_id uuid,
    created timestamptz not null,
    primary key (tenant, host, key)
);

create index idempotency_created on idempotency (created);

-- What was last read of an order, and whether it has to be read again. `marks` counts what asked for that; `claim` is the
-- count at which a reader took it, and `urgent` the one at which it became urgent.
create table followed_order (
    team_id uuid not null,
    environment text not null,
    order_id uuid not null,
    tenant text not null,
    transaction_id uuid,
    state text,
    raw_status text,
    upstream_updated_at timestamptz,
    last_event_id bigint,
    appointment_id uuid,
    visit_state text,
    dirty_since timestamptz,
    urgent bigint not null,
    marks bigint not null,
    claim bigint,
    due_at timestamptz not null,
    attempts integer not null,
    checked_at timestamptz,
    changed_at timestamptz not null,
    primary key (team_id, environment, order_id)
) with (fillfactor = 70);

create index followed_order_due on followed_order (due_at) where dirty_since is not null;
create index followed_order_changed on followed_order (changed_at);

-- Up to when a team's orders were compared with those that Junction has.
create table reconciliation (
    team_id uuid not null,
    environment text not null,
    until timestamptz not null,
    primary key (team_id, environment)
);

create table receipt (
    endpoint text not null,
    id bytea not null,
    received timestamptz not null,
    primary key (endpoint, id)
);

create index receipt_received on receipt (endpoint, received);

create table event (
    seq bigint generated always as identity primary key,
    tenant text not null,
    team_id uuid not null,
    order_id uuid not null,
    kind text not null,
    state text not null,
    at timestamptz not null,
    noted timestamptz not null
);

create index event_tenant on event (tenant, seq);
create index event_noted on event (noted);

create table endpoint (
    endpoint text primary key,
    disabled_at timestamptz,
    disabled_for text,
    failing_since timestamptz,
    delivered_at timestamptz
);

-- Up to which event an endpoint's queue is filled.
create table endpoint_cursor (
    endpoint text not null,
    tenant text not null,
    seq bigint not null,
    primary key (endpoint, tenant)
);

create table delivery (
    endpoint text not null,
    seq bigint not null,
    order_id uuid not null,
    is_urgent boolean not null,
    attempts integer not null,
    next_at timestamptz not null,
    held_until timestamptz,
    is_dead boolean not null,
    last_error text,
    primary key (endpoint, seq)
) with (fillfactor = 70);

create index delivery_order on delivery (endpoint, order_id, is_urgent, seq) where not is_dead;
create index delivery_next on delivery (endpoint, is_urgent desc, seq) where not is_dead;

create table lease (
    name text primary key,
    holder text not null,
    until timestamptz not null
);
