//! Lists of orders, by the filters that a caller names.

use serde_json::{Value, json};

use super::reading;
use crate::junction::{
    call::Call,
    fields::{self, Read},
    id::Id,
    moment::Moment,
    order::Order,
    refused::Refused,
    state::Junction,
    token::Access,
};

/// Which orders are asked for; none of a list means all.
struct Filter {
    users: Vec<Id>,
    ids: Vec<Id>,
    transactions: Vec<Id>,
    methods: Vec<String>,
    statuses: Vec<String>,
    created: [Option<Moment>; 2],
    updated: [Option<Moment>; 2],
}

pub(in crate::junction) fn list(call: &Call<'_>, access: Access, junction: &Junction) -> Result<Value, Refused> {
    let filter = Filter::read(call)?;
    let page = number(call, "page", 1, i64::MAX)?;
    let size = number(call, "size", 50, 500)?;
    let all = junction.orders.iter();
    let mut found: Vec<_> = all
        .filter(|order| order.team_id == access.team && order.environment == access.environment)
        .filter(|order| filter.takes(order))
        .collect();
    found.sort_by_key(|order| std::cmp::Reverse(order.created_at));
    let total = found.len();
    let before = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let taken = found
        .into_iter()
        .skip(before)
        .take(usize::try_from(size).unwrap_or_default());
    let orders: Vec<_> = taken.map(|order| junction.shown_order(order)).collect();
    Ok(json!({"orders": orders, "total": total, "page": page, "size": size}))
}

impl Filter {
    fn read(call: &Call<'_>) -> Result<Self, Refused> {
        let moment = |name| Ok::<_, Refused>(values(call, name, moment)?.pop());
        Ok(Self {
            users: values(call, "user_id", fields::id)?,
            ids: values(call, "order_ids", fields::id)?,
            transactions: values(call, "order_transaction_id", fields::id)?,
            methods: values(call, "order_type", fields::text)?,
            statuses: values(call, "status", fields::text)?,
            created: [moment("start_date")?, moment("end_date")?],
            updated: [moment("updated_start_date")?, moment("updated_end_date")?],
        })
    }

    fn takes(&self, order: &Order) -> bool {
        let (_, low) = order.last_status().rsplit_once('.').unwrap_or_default();
        let is_one = |ids: &[Id], id| ids.is_empty() || ids.contains(&id);
        let is_word = |words: &[String], word: &str| words.is_empty() || words.iter().any(|one| one == word);
        let is_within = |[from, to]: [Option<Moment>; 2], moment| {
            from.is_none_or(|from| moment >= from) && to.is_none_or(|to| moment <= to)
        };
        is_one(&self.users, order.user_id)
            && is_one(&self.ids, order.id)
            && is_one(&self.transactions, order.transaction_id)
            && is_word(&self.methods, order.method())
            && is_word(&self.statuses, low)
            && is_within(self.created, order.created_at)
            && is_within(self.updated, order.updated_at)
    }
}

fn moment(value: &Value) -> Read<Moment> {
    let moment = Moment::parse(&fields::text(value)?);
    moment.map_or_else(
        || fields::wrong("datetime_parsing", "Input should be a valid datetime"),
        Ok,
    )
}

fn values<T>(call: &Call<'_>, name: &str, read: fn(&Value) -> Read<T>) -> Result<Vec<T>, Refused> {
    call.values(name)
        .map(|value| fields::parameter("query", name, &value, read))
        .collect()
}

/// A number from 1 on, or what it is if it is left out.
pub(in crate::junction) fn number(call: &Call<'_>, name: &str, default: i64, most: i64) -> Result<i64, Refused> {
    let Some(value) = call.values(name).next() else {
        return Ok(default);
    };
    fields::parameter("query", name, &value, |value| {
        let number = reading::number(value)?;
        if (1..=most).contains(&number) {
            Ok(number)
        } else {
            fields::wrong("less_than_equal", format!("Input should be from 1 to {most}"))
        }
    })
}
