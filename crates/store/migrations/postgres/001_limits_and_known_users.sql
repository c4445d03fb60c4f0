-- Limits that all gateways keep together. Unlogged: after a crash of the server, everybody has a full burst again.
create unlogged table rate_bucket (
    key bytea primary key,
    tat timestamptz not null
) with (fillfactor = 50);

create index rate_bucket_tat on rate_bucket (tat);

-- Who is known to exist at the vendor, by pseudonym.
create table known_user (
    tenant text not null,
    person bytea not null,
    seen timestamptz not null,
    primary key (tenant, person)
);
