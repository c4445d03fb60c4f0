-- One chain for each start of a gateway. Nothing is ever changed in it: that a chain ended is a record of its own.
create table audit_chain (
    chain uuid primary key,
    instance text not null,
    started timestamptz not null,
    first_key text not null,
    previous jsonb not null
);

-- The line is kept as it was hashed; the columns before it are for searching, and nobody is named in them.
create table audit_record (
    chain uuid not null,
    seq bigint not null,
    at timestamptz not null,
    tenant text,
    op text,
    code text,
    key text,
    patient bytea,
    clinician bytea,
    line bytea not null,
    hash bytea not null,
    primary key (chain, seq, at)
) partition by range (at);

create table audit_record_default partition of audit_record default;

create index audit_record_patient on audit_record (tenant, patient, at) where patient is not null;
create index audit_record_clinician on audit_record (tenant, clinician, at) where clinician is not null;
create index audit_record_at on audit_record using brin (at);
