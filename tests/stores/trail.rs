//! The audit trail in PostgreSQL: what a client was given is recorded once, whatever happens to the database.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{task::JoinHandle, time::sleep};

use crate::helpers::{Caller, GatewayProcess, Pooler, Postgres, Setting, Upstream, binary};

fn scene(settings: &[&str]) -> (Postgres, Upstream, Setting) {
    let postgres = Postgres::with(settings);
    let upstream = Upstream::start();
    let setting = Setting::with_trail(&upstream.address, &postgres.url());
    let _said = setting.migrate(&postgres.owners_url());
    (postgres, upstream, setting)
}

/// Clients that launch one after the other until the test ends them.
struct Load {
    /// Every response: its status and its id.
    responses: Rc<RefCell<Vec<(u16, String)>>>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn on(gateways: &[String]) -> Self {
        let responses = Rc::new(RefCell::new(Vec::new()));
        let clients = gateways.iter().flat_map(|gateway| [gateway; 4]).map(|gateway| {
            let (gateway, responses, caller) = (gateway.clone(), Rc::clone(&responses), Caller::new());
            tokio::task::spawn_local(async move {
                loop {
                    let response = caller.attempt(&gateway).await;
                    responses.borrow_mut().push(response);
                    tokio::task::yield_now().await;
                }
            })
        });
        let clients = clients.collect();
        Self { responses, clients }
    }

    /// Waits until so many more launches were responded to with this status.
    async fn until(&self, status: u16, more: usize) {
        let count = || {
            self.responses
                .borrow()
                .iter()
                .filter(|(found, _)| *found == status)
                .count()
        };
        let (before, deadline) = (count(), Instant::now() + Duration::from_mins(1));
        while count() < before + more {
            assert!(Instant::now() < deadline, "{} of {status}", count() - before);
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// The ids of what was delivered; what is in flight by then is not waited for.
    fn end(self) -> BTreeSet<String> {
        for client in &self.clients {
            client.abort();
        }
        let responses = self.responses.borrow();
        for (status, _) in responses.iter() {
            assert!([200, 503].contains(status), "{status}");
        }
        responses
            .iter()
            .filter(|(status, _)| *status == 200)
            .map(|(_, id)| id.clone())
            .collect()
    }
}

/// The ids of the records of launches that were delivered, with how many there are of each, less those that were corrected.
fn recorded(postgres: &Postgres) -> BTreeMap<String, usize> {
    let ids = |kind: &str, code: &str| {
        postgres.sql(&format!(
            "select event ->> 'id' from (select convert_from(line, 'UTF8')::jsonb -> 'event' as event from audit_record) lines
             where event ->> 'kind' = '{kind}' and (event ->> 'code' = 'ok') = {code}"
        ))
    };
    let mut counts = BTreeMap::new();
    for id in ids("attempt", "true").lines() {
        *counts.entry(id.to_owned()).or_default() += 1;
    }
    for id in ids("correction", "false").lines() {
        counts.remove(id);
    }
    counts
}

/// How many chains `audit verify` finds in the tables, each intact and ended in good order.
fn verified(postgres: &Postgres) -> usize {
    let url = postgres.put("verifiers-url", &postgres.owners_url());
    let output = binary()
        .args(["audit", "verify", "--postgres"])
        .arg(url)
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let chains: Vec<_> = said.lines().filter(|line| line.starts_with("chain ")).collect();
    assert!(chains.iter().all(|chain| chain.contains(", stopped")), "{said}");
    chains.len()
}

fn is_each_once(delivered: &BTreeSet<String>, recorded: &BTreeMap<String, usize>) {
    for id in delivered {
        assert_eq!(recorded.get(id), Some(&1), "{id}");
    }
    assert!(recorded.values().all(|count| *count == 1));
}

#[actix_web::test]
async fn what_was_delivered_is_recorded_and_the_chain_ends_in_good_order() {
    let (postgres, _upstream, setting) = scene(&[]);
    let mut gateway = setting.serve();
    let address = gateway.address();
    let caller = Caller::new();
    let mut delivered = BTreeSet::new();
    for _ in 0..10 {
        let (status, id) = caller.attempt(&address).await;
        assert_eq!(status, 200);
        delivered.insert(id);
    }
    is_each_once(&delivered, &recorded(&postgres));
    assert_eq!(
        postgres.sql("select count(*), count(distinct clinician), min(length(clinician)), min(tenant), min(key) from audit_record where code = 'ok'"),
        "10|1|16|downtown|k1"
    );
    assert_eq!(gateway.stop(), 0);
    assert_eq!(verified(&postgres), 1);
    assert!(!postgres.dump().contains("emp123"));

    let mut next = setting.serve();
    assert_eq!(caller.attempt(&next.address()).await.0, 200);
    assert_eq!(
        postgres.sql(
            "select count(*) from audit_chain one join audit_chain other
             on one.previous @> jsonb_build_array(jsonb_build_object('chain', other.chain))"
        ),
        "1",
        "the next chain names the one before"
    );
}

#[actix_web::test]
async fn what_was_changed_or_removed_in_the_database_is_found() {
    let (postgres, _upstream, setting) = scene(&[]);
    let caller = Caller::new();
    for _ in 0..2 {
        let mut gateway = setting.serve();
        assert_eq!(caller.attempt(&gateway.address()).await.0, 200);
        assert_eq!(gateway.stop(), 0);
    }
    let _intact = setting.run_well(&["audit", "verify"]);

    let first = "(select chain from audit_chain order by started limit 1)";
    let last = "(select chain from audit_chain order by started desc limit 1)";
    let rows = [
        (
            format!("delete from audit_record where chain = {first} and seq = (select max(seq) from audit_record where chain = {first})"),
            "its end was removed",
        ),
        (
            format!("delete from audit_record where chain = {first} and seq = 1"),
            "lines were removed, inserted or moved",
        ),
        (
            "update audit_record set line = convert_to(replace(convert_from(line, 'UTF8'), 'downtown', 'uptown'), 'UTF8')".to_owned(),
            "its hash does not fit",
        ),
        (
            format!("update audit_record set line = 'illegible' where chain = {last} and seq = (select max(seq) from audit_record where chain = {last})"),
            "not a line",
        ),
        (
            format!("with gone as (delete from audit_record where chain = {first}) delete from audit_chain where chain = {first}"),
            "which is missing",
        ),
    ];
    for (statement, why) in rows {
        postgres.sql("create table kept_records as table audit_record");
        postgres.sql("create table kept_chains as table audit_chain");
        postgres.sql(&statement);
        let (code, said) = {
            let output = setting.run(&["audit", "verify"]);
            let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            (output.status.code(), said)
        };
        assert_eq!(code, Some(1), "{statement}: {said}");
        assert!(said.contains(why), "{statement}: {said}");
        postgres.sql("truncate audit_record, audit_chain");
        postgres.sql("insert into audit_record table kept_records");
        postgres.sql("insert into audit_chain table kept_chains");
        postgres.sql("drop table kept_records, kept_chains");
    }

    postgres.sql(&format!("delete from audit_chain where chain = {last}"));
    let said = setting.run_well(&["audit", "verify"]);
    assert!(said.contains("in 2 chains"), "one without its row is read too: {said}");
}

#[actix_web::test]
async fn connections_that_are_cut_lose_and_double_no_record() {
    let (postgres, upstream, setting) = scene(&[]);
    let pooler = Pooler::to(&postgres);
    let pooled = Setting::with_trail(&upstream.address, &postgres.url_at(pooler.port));
    let mut gateways = [setting.serve(), pooled.serve()];
    let load = Load::on(&gateways.each_mut().map(GatewayProcess::address));
    for _ in 0..10 {
        load.until(200, 20).await;
        postgres.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'gateway'");
    }
    load.until(200, 20).await;
    let delivered = load.end();
    for gateway in gateways {
        assert_eq!(gateway.stop(), 0);
    }
    is_each_once(&delivered, &recorded(&postgres));
    assert_eq!(verified(&postgres), 2);
}

#[actix_web::test]
async fn while_the_database_is_down_nothing_is_launched_and_afterwards_all_is_recorded() {
    let (mut postgres, _upstream, setting) = scene(&[]);
    let mut gateways = [setting.serve(), setting.serve()];
    let load = Load::on(&gateways.each_mut().map(GatewayProcess::address));
    for _ in 0..2 {
        load.until(200, 20).await;
        postgres.kill();
        load.until(503, 20).await;
        let [one, _] = &mut gateways;
        assert_eq!(one.readiness().await, 503);
        postgres.resume();
    }
    load.until(200, 20).await;
    let delivered = load.end();
    for gateway in gateways {
        assert_eq!(gateway.stop(), 0);
    }
    is_each_once(&delivered, &recorded(&postgres));
    assert_eq!(verified(&postgres), 2);
}

#[actix_web::test]
async fn another_line_in_this_gateways_chain_stops_the_trail() {
    let (postgres, _upstream, setting) = scene(&[]);
    let mut gateway = setting.serve();
    let address = gateway.address();
    let caller = Caller::new();
    assert_eq!(caller.attempt(&address).await.0, 200);
    postgres.sql(
        "insert into audit_record (chain, seq, at, line, hash)
         select chain, max(seq) + 1, now(), 'forged', decode(repeat('00', 32), 'hex') from audit_record group by chain",
    );
    let _found = gateway.logged("something else writes to it");
    assert_eq!(gateway.readiness().await, 503);
    assert_eq!(caller.attempt(&address).await.0, 503);
}

#[actix_web::test]
async fn a_gateway_stops_though_its_database_is_away() {
    let (mut postgres, _upstream, setting) = scene(&[]);
    let mut gateway = setting.serve();
    let caller = Caller::new();
    assert_eq!(caller.attempt(&gateway.address()).await.0, 200);
    postgres.kill();
    assert_eq!(caller.attempt(&gateway.address()).await.0, 503);
    assert_eq!(gateway.stop(), 0);
}

#[actix_web::test]
async fn a_server_that_forgets_what_it_confirmed_keeps_no_trail() {
    for (setting, why) in [
        ("fsync=off", "fsync = off"),
        ("synchronous_commit=off", "synchronous_commit = off"),
    ] {
        let (_postgres, _upstream, trail) = scene(&[setting]);
        let (_, said) = trail.run_ill(&["database", "check"]);
        assert!(said.contains("audit.postgres.url_file") && said.contains(why), "{said}");
        let (_, said) = trail.run_ill(&["serve"]);
        assert!(said.contains("audit.postgres.url_file") && said.contains(why), "{said}");
    }
}

#[actix_web::test]
async fn a_privacy_officers_commands_work_on_a_database_as_on_a_folder() {
    let (postgres, _upstream, setting) = scene(&[]);
    let caller = Caller::new();
    for _ in 0..2 {
        let mut gateway = setting.serve();
        assert_eq!(caller.attempt(&gateway.address()).await.0, 200);
        assert_eq!(gateway.stop(), 0);
    }
    let verified = setting.run_well(&["audit", "verify"]);
    assert!(
        verified.contains("intact: ") && verified.contains("in 2 chains"),
        "{verified}"
    );
    let found = setting.run_well(&["audit", "find", "--reveal"]);
    assert!(found.contains("emp123") && found.ends_with("2 attempts\n"), "{found}");
    let exported = setting.run_well(&["audit", "export", "--format", "ndjson", "--code", "ok"]);
    assert_eq!(exported.lines().count(), 2);
    assert_eq!(
        postgres.sql("select count(*) from audit_record where position('\"kind\":\"read\"'::bytea in line) > 0"),
        "2",
        "each reading is recorded"
    );

    // The owner of the tables can do everything, and is found.
    let tampered = "update audit_record set line = convert_to(replace(convert_from(line, 'UTF8'), '\"code\":\"ok\"', '\"code\":\"no\"'),
        'UTF8') where code = 'ok' and seq = 1 and chain = (select chain from audit_chain order by started limit 1)";
    postgres.sql(tampered);
    let (code, said) = setting.run_ill(&["audit", "verify"]);
    assert_eq!(code, 1, "{said}");
    postgres.sql(
        &tampered
            .replace("ok", "yes")
            .replace("\"no\"", "\"ok\"")
            .replace("yes", "no")
            .replace("code = 'no'", "code = 'ok'"),
    );
    assert!(setting.run_well(&["audit", "verify"]).contains("intact: "));
    postgres.sql(
        "delete from audit_record where seq >= 2 and chain = (select chain from audit_chain order by started limit 1)",
    );
    let (code, said) = setting.run_ill(&["audit", "verify"]);
    assert_eq!(code, 1, "{said}");
}

#[actix_web::test]
async fn an_owner_removes_chains_whose_time_is_over_and_what_is_left_is_intact() {
    let (postgres, _upstream, setting) = scene(&[]);
    let caller = Caller::new();
    for _ in 0..2 {
        let mut gateway = setting.serve();
        assert_eq!(caller.attempt(&gateway.address()).await.0, 200);
        assert_eq!(gateway.stop(), 0);
    }
    let owner = setting.path("owners-url");
    let owner = owner.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = binary().args(arguments).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), said)
    };
    let (code, said) = run(&["audit", "prune", "--postgres", owner, "--before", "2020-01-01"]);
    assert_eq!((code, said.as_str()), (0, "0 chains, 0 records\n"));
    let (code, said) = run(&[
        "audit",
        "prune",
        "--postgres",
        owner,
        "--before",
        "2100-01-01",
        "--dry-run",
    ]);
    assert_eq!(code, 0);
    assert!(said.contains("would remove ") && said.contains("2 chains, "), "{said}");
    let (code, said) = run(&["audit", "prune", "--postgres", owner, "--before", "2100-01-01"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("removed ") && said.contains("2 chains, "), "{said}");
    assert_eq!(postgres.sql("select count(*) from audit_record where code = 'ok'"), "0");
    let (code, said) = run(&["audit", "verify", "--postgres", owner]);
    assert_eq!(code, 0, "{said}");

    // The gateway's own role may not.
    let (code, said) = setting.run_ill(&["audit", "prune", "--before", "2100-01-01"]);
    assert_eq!(code, 1);
    assert!(said.contains("permission denied") || said.contains("lacks"), "{said}");
}
