//! Items by filter, order and page; children; counts.

use super::items::{COLUMNS, end_of, from_row, word};
use crate::records::work::{Item, Status, Tally};
use crate::store::sqlite::file::connection::Outcome;
use crate::store::work::{Order, Position, Readiness, WorkFilter};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

pub(super) fn list(connection: &Connection, filter: &WorkFilter) -> Outcome<Vec<Item>> {
    let (mut conditions, mut values) = conditions(filter);
    if let Some(position) = &filter.after {
        let (condition, place) = beyond(filter.order, position);
        conditions.push(condition.to_owned());
        values.extend(place);
    }
    let order = match filter.order {
        Order::Priority => "priority, created_at, item",
        Order::Created => "created_at DESC, item DESC",
        Order::Updated => "updated_at DESC, item DESC",
        Order::Title => "title, item",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM work_items {} {} ORDER BY {order} LIMIT {}",
        index(filter),
        clause(&conditions),
        filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), from_row)?;
    Ok(rows.map(|row| row.map(|row| row.item)).collect::<rusqlite::Result<_>>()?)
}

/// The index that has those wanted, and only those, in their order: SQLite would collect and sort them.
fn index(filter: &WorkFilter) -> &'static str {
    match (filter.order, filter.readiness) {
        (Order::Priority, Some(Readiness::Ready)) => "INDEXED BY work_items_ready",
        (Order::Priority, Some(Readiness::Blocked)) => "INDEXED BY work_items_blocked",
        _ => "",
    }
}

pub(super) fn count(connection: &Connection, filter: &WorkFilter) -> Outcome<u64> {
    let (conditions, values) = conditions(filter);
    let sql = format!("SELECT COUNT(*) FROM work_items {}", clause(&conditions));
    Ok(connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))?)
}

pub(super) fn children(connection: &Connection, parent: Option<i64>, limit: usize) -> Outcome<Vec<Item>> {
    let sql =
        format!("SELECT {COLUMNS} FROM work_items WHERE parent IS ?1 ORDER BY created_at, item LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![parent, limit], from_row)?;
    Ok(rows.map(|row| row.map(|row| row.item)).collect::<rusqlite::Result<_>>()?)
}

pub(super) fn tally(connection: &Connection, path: &str) -> Outcome<Tally> {
    let sql = "SELECT status, COUNT(*) FROM work_items WHERE path > ?1 AND path < ?2 GROUP BY status";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement
        .query_map([path, &end_of(path)], |row| Ok((word(row, 0, Status::named)?, row.get::<_, u64>(1)?)))?;
    let mut tally = Tally::default();
    for row in rows {
        let (status, count) = row?;
        *tally.count_mut(status) = count;
    }
    Ok(tally)
}

pub(super) fn by_prefix(connection: &Connection, prefix: &str, limit: usize) -> Outcome<Vec<String>> {
    let sql = "SELECT item FROM work_items WHERE item >= ?1 AND item < ?2 ORDER BY item LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map(params![prefix, format!("{prefix}\u{10ffff}"), limit], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn conditions(filter: &WorkFilter) -> (Vec<String>, Vec<Value>) {
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    let mut any = |column: &str, words: Vec<&str>| {
        if !words.is_empty() {
            conditions.push(format!("{column} IN ({})", vec!["?"; words.len()].join(", ")));
            values.extend(words.into_iter().map(|word| Value::from(word.to_owned())));
        }
    };
    any("status", filter.status.iter().map(|status| status.name()).collect());
    any("type", filter.types.iter().map(|kind| kind.name()).collect());
    any("branch", filter.branch.iter().map(String::as_str).collect());
    if let Some(path) = &filter.under {
        conditions.push("path > ? AND path < ?".to_owned());
        values.extend([Value::from(path.clone()), Value::from(end_of(path))]);
    }
    // As the indexes say it, so that they are used.
    match filter.readiness {
        Some(Readiness::Ready) => {
            conditions.push("obstacles = 0 AND status IN ('open', 'in_progress')".to_owned());
        }
        Some(Readiness::Blocked) => conditions
            .push("(status = 'blocked' OR (obstacles > 0 AND status IN ('open', 'in_progress')))".to_owned()),
        None => {}
    }
    if let Some(text) = &filter.text {
        conditions.push("title LIKE ? ESCAPE '\\'".to_owned());
        let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        values.push(Value::from(format!("%{literal}%")));
    }
    (conditions, values)
}

fn beyond(order: Order, position: &Position) -> (&'static str, Vec<Value>) {
    let Position { item, rank, created_at, updated_at, title } = position.clone();
    let item = Value::from(item);
    match order {
        Order::Priority => (
            "(priority, created_at, item) > (?, ?, ?)",
            vec![Value::from(i64::from(rank)), Value::from(created_at), item],
        ),
        Order::Created => ("(created_at, item) < (?, ?)", vec![Value::from(created_at), item]),
        Order::Updated => ("(updated_at, item) < (?, ?)", vec![Value::from(updated_at), item]),
        Order::Title => ("(title, item) > (?, ?)", vec![Value::from(title), item]),
    }
}

fn clause(conditions: &[String]) -> String {
    if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) }
}
