//! What `database migrate` does, and what it leaves alone.

use crate::helpers::{Postgres, Setting};

#[test]
fn an_owner_migrates_and_the_gateways_role_gets_no_more_than_it_needs() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let said = setting.migrate(&postgres.owners_url());
    assert_eq!(
        said,
        "applied 001_limits_and_known_users\napplied 002_audit_trail\napplied 003_orders\ngranted to gateway\n"
    );
    assert!(
        setting
            .run_well(&["database", "check"])
            .contains("store.postgres.url_file OK")
    );

    let privileges = postgres.sql(
        "select table_name || ': ' || string_agg(privilege_type, ' ' order by privilege_type)
         from information_schema.role_table_grants where grantee = 'gateway' group by table_name order by table_name",
    );
    assert_eq!(
        privileges.lines().collect::<Vec<_>>(),
        [
            "audit_chain: INSERT SELECT",
            "audit_record: INSERT SELECT",
            "delivery: DELETE INSERT SELECT UPDATE",
            "endpoint: DELETE INSERT SELECT UPDATE",
            "endpoint_cursor: DELETE INSERT SELECT UPDATE",
            "event: DELETE INSERT SELECT",
            "followed_order: DELETE INSERT SELECT UPDATE",
            "idempotency: DELETE INSERT SELECT UPDATE",
            "known_user: DELETE INSERT SELECT UPDATE",
            "lease: DELETE INSERT SELECT UPDATE",
            "rate_bucket: DELETE INSERT SELECT UPDATE",
            "receipt: DELETE INSERT SELECT",
            "reconciliation: INSERT SELECT UPDATE",
            "schema_version: SELECT",
        ]
    );
    assert_eq!(
        postgres.sql("select relpersistence from pg_class where relname = 'rate_bucket'"),
        "u"
    );
}

#[test]
fn migrating_again_changes_nothing() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let _first = setting.migrate(&postgres.owners_url());
    let tables = "select count(*) from pg_class where relkind in ('r', 'p', 'i')";
    let before = postgres.sql(tables);
    assert_eq!(
        setting.migrate(&postgres.owners_url()),
        "the tables are up to date\ngranted to gateway\n"
    );
    assert_eq!(postgres.sql(tables), before);
}

#[test]
fn the_trail_has_a_partition_for_each_month_of_two_years_and_one_for_the_rest() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let _migrated = setting.migrate(&postgres.owners_url());
    let count = "select count(*) from pg_inherits where inhparent = 'audit_record'::regclass";
    assert_eq!(postgres.sql(count), "26");

    // A month that came and went without a migration has its records in the default partition, and they stay there.
    let insert = |at: &str| {
        format!(
            "insert into audit_record (chain, seq, at, line, hash) values (gen_random_uuid(), 1, {at}, '', '')
             returning tableoid::regclass"
        )
    };
    assert_eq!(
        postgres.sql(&insert("now()")),
        postgres.sql("select 'audit_record_' || to_char(now() at time zone 'UTC', 'YYYY_MM')")
    );
    assert_eq!(postgres.sql(&insert("'1999-12-31T23:59:59Z'")), "audit_record_default");
    let last =
        postgres.sql("select max(relname) from pg_class where relname like 'audit_record_2___\\___' and relkind = 'r'");
    postgres.sql(&format!("drop table {last}"));
    let at = "(date_trunc('month', now() at time zone 'UTC') + interval '24 months 1 day') at time zone 'UTC'";
    assert_eq!(postgres.sql(&insert(at)), "audit_record_default");
    let _again = setting.migrate(&postgres.owners_url());
    assert_eq!(postgres.sql(count), "25");
}

#[test]
fn two_that_migrate_at_once_do_so_one_after_the_other() {
    let postgres = Postgres::start();
    let settings = [(), ()].map(|()| Setting::with(&postgres.url(), ""));
    let url = postgres.owners_url();
    let mut said = std::thread::scope(|scope| {
        let runs = settings.each_ref().map(|setting| scope.spawn(|| setting.migrate(&url)));
        runs.map(|run| run.join().unwrap())
    });
    said.sort();
    assert_eq!(
        said,
        [
            "applied 001_limits_and_known_users\napplied 002_audit_trail\napplied 003_orders\ngranted to gateway\n",
            "the tables are up to date\ngranted to gateway\n",
        ]
    );
}

#[test]
fn a_role_that_does_not_exist_is_reported_and_nothing_is_created() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.owners_url(), "");
    let (code, said) = setting.run_ill(&["database", "migrate", "--grant-to", "no\"body"]);
    assert_eq!(code, 64);
    assert!(said.contains("without the role \"no\\\"body\""), "{said}");
    assert_eq!(
        postgres.sql("select count(*) from pg_class where relname = 'rate_bucket'"),
        "0"
    );
}
