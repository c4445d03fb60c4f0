use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;

const ORIGIN: &str = "https://gateway.example";

fn ring(id: &str, byte: u8) -> Keyring {
    let key: Vec<u8> = (0..32).map(|at| byte.wrapping_add(at)).collect();
    Keyring::parse(&format!(
        "{id} {}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key)
    ))
    .unwrap()
}

fn tickets(keys: &[u8]) -> Tickets {
    let rings = keys.iter().map(|byte| ring("k", *byte)).collect();
    Tickets::new(Some(ORIGIN.to_owned()), rings)
}

fn content(host: &str) -> Content {
    Content {
        url: "https://app.empego.ca/x?sessionId=1".into(),
        host: host.into(),
        launch: "5f2b8c1e-7d34-4a69-9c0b-2e6f1d8a4b73".to_owned(),
    }
}

fn later(now: Moment, by: Duration) -> Moment {
    Moment {
        monotonic: now.monotonic + by,
        wall: now.wall + by,
    }
}

fn issued(tickets: &Tickets, now: Moment) -> String {
    let address = tickets.issue(content("ehr"), now).unwrap();
    address
        .strip_prefix("https://gateway.example/frame/")
        .unwrap()
        .to_owned()
}

fn reason(tickets: &Tickets, ticket: &str, now: Moment) -> Option<Reason> {
    tickets.redeem(ticket, now).err().map(|refusal| refusal.reason)
}

#[test]
fn a_ticket_opens_for_thirty_seconds_and_not_for_longer() {
    let rows: &[(&[u8], Reason)] = &[(&[], Reason::TicketNotHeld), (&[1], Reason::TicketLate)];
    for (keys, late) in rows {
        let (tickets, now) = (tickets(keys), Moment::now());
        let (early, too_late) = (issued(&tickets, now), issued(&tickets, now));
        let in_time = later(now, LIFETIME.saturating_sub(Duration::from_millis(2)));
        let opened = tickets.redeem(&early, in_time).unwrap();
        assert_eq!(opened.url.expose_secret(), "https://app.empego.ca/x?sessionId=1");
        assert_eq!((&*opened.host, opened.launch.len()), ("ehr", 36));
        assert_eq!(reason(&tickets, &too_late, later(now, LIFETIME)), Some(*late));
    }
}

#[test]
fn the_second_one_to_bring_a_ticket_gets_nothing() {
    let rows: &[(&[u8], Reason)] = &[(&[], Reason::TicketNotHeld), (&[1], Reason::TicketOpenedBefore)];
    for (keys, second) in rows {
        let (tickets, now) = (tickets(keys), Moment::now());
        let ticket = issued(&tickets, now);
        assert_eq!(reason(&tickets, &ticket, now), None);
        assert_eq!(reason(&tickets, &ticket, now), Some(*second));
    }
}

#[test]
fn a_sealed_ticket_opens_with_each_of_the_keys_and_no_other() {
    let now = Moment::now();
    let ticket = issued(&tickets(&[1]), now);
    let rows: &[(&[u8], Option<Reason>, &str)] = &[
        (&[1], None, "the same"),
        (&[2, 1], None, "an older one"),
        (&[2, 3], Some(Reason::TicketNotSealedHere), "foreign ones"),
        (&[], Some(Reason::TicketNotSealedHere), "none"),
    ];
    for (keys, expected, what) in rows {
        assert_eq!(reason(&tickets(keys), &ticket, now), *expected, "{what}");
    }
}

#[test]
fn what_the_trail_seals_is_no_ticket() {
    let (id, now) = (Uuid::from_u128(7), Moment::now());
    let clear = br#"{"url":"https://app.empego.ca/","host":"ehr","launch":"x","exp":9999999999999}"#;
    let sealed = ring("k", 1)
        .current()
        .sealer(id)
        .seal("downtown", "a record", clear)
        .unwrap();
    let ticket = Ticket::Sealed { id, sealed }.to_string();
    assert_eq!(reason(&tickets(&[1]), &ticket, now), Some(Reason::TicketNotSealedHere));
}

#[test]
fn held_tickets_survive_other_keys() {
    let (tickets, now) = (tickets(&[]), Moment::now());
    let held = issued(&tickets, now);
    tickets.replace_keys(vec![ring("k", 1)]);
    assert!(issued(&tickets, now).len() > held.len());
    assert_eq!(reason(&tickets, &held, now), None);
}

#[test]
fn a_host_without_room_waits_and_no_other_host_does() {
    let (tickets, now) = (tickets(&[]), Moment::now());
    for _ in 0..MOST_HELD {
        tickets.check_room("ehr", now).unwrap();
        tickets.issue(content("ehr"), now).unwrap();
    }
    let refused = tickets.check_room("ehr", now).unwrap_err();
    assert_eq!(
        (refused.reason, refused.retry_after_secs),
        (Reason::TooManyTickets, Some(1))
    );
    tickets.check_room("other", now).unwrap();
    let last = issued(&tickets, now);
    tickets.redeem(&last, now).unwrap();
    assert!(
        tickets.check_room("ehr", now).is_err(),
        "one was opened that came on top"
    );
    tickets.check_room("ehr", later(now, LIFETIME)).unwrap();
    assert_eq!(locked(&tickets.held).by_id.len(), 0, "what is expired is wiped");
}

#[test]
fn an_opened_ticket_makes_room_for_another() {
    let (tickets, now) = (tickets(&[]), Moment::now());
    let first = issued(&tickets, now);
    for _ in 1..MOST_HELD {
        tickets.issue(content("ehr"), now).unwrap();
    }
    assert!(tickets.check_room("ehr", now).is_err());
    tickets.redeem(&first, now).unwrap();
    tickets.check_room("ehr", now).unwrap();
}

#[test]
fn sweeping_wipes_what_no_browser_opened() {
    let (held, sealed, now) = (tickets(&[]), tickets(&[1]), Moment::now());
    issued(&held, now);
    sealed.redeem(&issued(&sealed, now), now).unwrap();
    let counts = || (locked(&held.held).by_id.len(), locked(&sealed.spent).len());
    assert_eq!(counts(), (1, 1));
    for tickets in [&held, &sealed] {
        tickets.sweep(later(now, LIFETIME));
    }
    assert_eq!(counts(), (0, 0));
}

#[test]
fn without_randomness_or_an_address_there_is_no_ticket() {
    let now = Moment::now();
    for keys in [&[][..], &[1]] {
        let tickets = Tickets {
            randomness: |_| Err(getrandom::Error::UNEXPECTED),
            ..tickets(keys)
        };
        assert_eq!(tickets.issue(content("ehr"), now), Err(Reason::Defect));
    }
    assert_eq!(
        Tickets::new(None, Vec::new()).issue(content("ehr"), now),
        Err(Reason::Defect)
    );
}

#[test]
fn a_ticket_is_what_the_randomness_says() {
    let tickets = Tickets {
        randomness: |bytes| {
            bytes.fill(0xff);
            Ok(())
        },
        ..tickets(&[])
    };
    assert_eq!(issued(&tickets, Moment::now()), "_".repeat(42) + "8");
}

#[test]
fn nothing_of_a_ticket_is_shown() {
    let (tickets, now) = (tickets(&[]), Moment::now());
    let ticket = issued(&tickets, now);
    let shown = format!("{tickets:?} {:?} {:?}", content("ehr"), Ticket::parse(&ticket));
    assert_eq!(shown, "Tickets(…) Content(…) Some(Ticket(…))");
}

proptest! {
    #[test]
    fn a_sealed_ticket_with_any_other_character_opens_nothing(at: prop::sample::Index, other in "[A-Za-z0-9_-]") {
        let (tickets, now) = (tickets(&[1]), Moment::now());
        let ticket = issued(&tickets, now);
        let at = at.index(ticket.len());
        let mut altered = ticket.clone();
        altered.replace_range(at..=at, &other);
        prop_assume!(altered != ticket);
        prop_assert!(tickets.redeem(&altered, now).is_err());
        prop_assert!(tickets.redeem(&ticket, now).is_ok());
    }

    #[test]
    fn no_text_opens_what_was_not_issued(text in "[A-Za-z0-9_=+/%.-]{0,120}|\\PC{0,60}", sealed: bool) {
        let tickets = tickets(if sealed { &[1] } else { &[] });
        let own = issued(&tickets, Moment::now());
        prop_assume!(text != own);
        prop_assert!(tickets.redeem(&text, Moment::now()).is_err());
    }
}
