//! Items come, change, move and go. Everything is checked before anything is written.

use super::items::{self, Numbered, end_of};
use super::{dependencies, links, spread};
use crate::records::work::{Draft, Edit, Item, Move, Place, Refusal};
use crate::store::error::Error;
use crate::store::sqlite::file::connection::Outcome;
use crate::store::work::{Children, Removal, Removed};
use rusqlite::{Connection, params};

/// How many of those that no longer wait are told one by one.
const DEPENDENTS_TOLD: usize = 20;

pub(super) fn create(connection: &Connection, draft: &Draft) -> Outcome<Item> {
    if items::exists(connection, &draft.id)? {
        return Err(Error::Exists { what: "work item", name: draft.id.clone() }.into());
    }
    let parent = draft.parent.as_deref().map(|parent| items::find(connection, parent)).transpose()?;
    let item = draft.item(parent.as_ref().map(|parent| &parent.item)).map_err(Error::from)?;
    let id = items::insert(connection, parent.as_ref().map(|parent| parent.id), &item)?;
    if let Some(parent) = parent {
        spread::came(connection, parent.id, item.status)?;
    }
    Ok(items::numbered(connection, id)?.item)
}

pub(super) fn update(connection: &Connection, edit: &Edit) -> Outcome<Item> {
    let present = items::find(connection, &edit.item)?;
    let moves = edit.parent.as_ref().filter(|parent| **parent != present.item.parent);
    let target = moves.and_then(Option::as_deref);
    let target = target.map(|parent| items::find(connection, parent)).transpose()?;
    let below = target.as_ref().map(|target| &target.item);
    let going = match moves {
        Some(_) => Some(Move { parent: below, levels: levels(connection, &present.item)? }),
        None => None,
    };
    let next = edit.apply(&present.item, going).map_err(Error::from)?;
    if let Some(target) = &target {
        dependencies::check_move(connection, &present.item, &target.item)?;
    }
    if next.version == present.item.version {
        return Ok(present.item);
    }
    items::write(connection, present.id, &next)?;
    links::keep_change(connection, present.id, &present.item, &next)?;
    spread::settle(connection, present.id)?;
    if moves.is_some() {
        relocate(connection, present.id, target)?;
    }
    Ok(items::numbered(connection, present.id)?.item)
}

/// How many levels an item and what is below it take.
fn levels(connection: &Connection, item: &Item) -> Outcome<u32> {
    let sql = "SELECT MAX(depth) FROM work_items WHERE path >= ?1 AND path < ?2";
    let deepest: u32 =
        connection.prepare_cached(sql)?.query_row([&item.path, &end_of(&item.path)], |row| row.get(0))?;
    Ok(deepest + 1 - item.depth)
}

fn relocate(connection: &Connection, id: i64, target: Option<Numbered>) -> Outcome<()> {
    // As it is after its own status was settled.
    let Numbered { item, .. } = items::numbered(connection, id)?;
    let from = item.parent.as_deref().map(|parent| items::find(connection, parent)).transpose()?;
    let target = target.map(|target| items::numbered(connection, target.id)).transpose()?;
    let obstacles = |above: &Option<Numbered>| {
        above.as_ref().map_or(0, |above| i64::try_from(above.item.obstacles).unwrap_or(i64::MAX))
    };
    let place = Place::below(target.as_ref().map(|target| &target.item), &item.id);
    let parent = target.as_ref().map(|target| target.id);
    connection
        .prepare_cached("UPDATE work_items SET parent = ?2 WHERE id = ?1")?
        .execute(params![id, parent])?;
    let sql =
        "UPDATE work_items SET path = ?3 || substr(path, ?4), depth = depth + ?5, obstacles = obstacles + ?6
        WHERE path >= ?1 AND path < ?2";
    connection.prepare_cached(sql)?.execute(params![
        item.path,
        end_of(&item.path),
        place.path,
        i64::try_from(item.path.chars().count() + 1).unwrap_or(i64::MAX),
        i64::from(place.depth) - i64::from(item.depth),
        obstacles(&target) - obstacles(&from),
    ])?;
    if let Some(from) = from {
        spread::went(connection, from.id, item.status)?;
    }
    match target {
        Some(target) => spread::came(connection, target.id, item.status),
        None => Ok(()),
    }
}

pub(super) fn delete(connection: &Connection, removal: &Removal) -> Outcome<Removed> {
    let Numbered { id, item } = items::find(connection, &removal.item)?;
    if let Some(given) = removal.version.filter(|given| *given != item.version) {
        let edit = Edit { item: item.id.clone(), version: Some(given), ..Edit::default() };
        edit.apply(&item, None).map_err(Error::from)?;
    }
    let range = [&item.path, &end_of(&item.path)].map(String::from);
    let sql = "SELECT COUNT(*) FROM work_items WHERE path >= ?1 AND path < ?2";
    let count: u64 = connection.prepare_cached(sql)?.query_row([&range[0], &range[1]], |row| row.get(0))?;
    if count > 1 && removal.children == Children::Refuse {
        return Err(Error::from(Refusal::Children { item: item.id, descendants: count - 1 }).into());
    }
    let freed = dependencies::outside(connection, &range)?;
    let told = freed.iter().take(DEPENDENTS_TOLD);
    let told = told.map(|(id, _)| items::numbered(connection, *id)).collect::<Outcome<Vec<_>>>()?;
    let sql = "SELECT parent FROM work_items WHERE id = ?1";
    let parent: Option<i64> = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;

    for (blocked, unfinished) in &freed {
        spread::block(connection, *blocked, -unfinished)?;
    }
    let gone = "(SELECT id FROM work_items WHERE path >= ?1 AND path < ?2)";
    for sql in [
        format!("DELETE FROM work_dependencies WHERE blocker IN {gone}"),
        format!("DELETE FROM work_dependencies WHERE blocked IN {gone}"),
        format!("DELETE FROM work_commits WHERE item IN {gone}"),
        format!("DELETE FROM work_changes WHERE item IN {gone}"),
        "DELETE FROM work_items WHERE path >= ?1 AND path < ?2".to_owned(),
    ] {
        connection.prepare_cached(&sql)?.execute([&range[0], &range[1]])?;
    }
    if let Some(parent) = parent {
        spread::went(connection, parent, item.status)?;
    }
    let dependents = told.iter().map(|one| items::find(connection, &one.item.id).map(|found| found.item));
    Ok(Removed {
        dependents: dependents.collect::<Outcome<_>>()?,
        dependents_count: freed.len() as u64,
        item,
        count,
    })
}
