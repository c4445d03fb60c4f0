-- A person is a pseudonym of 16 bytes; `seen` counts seconds since 1970.
create table known_user (
    tenant text not null,
    person blob not null,
    seen integer not null,
    primary key (tenant, person)
) strict, without rowid;
