//! Entity types and entities.

use crate::faces::cli::render::table::{Tone, cell, plain, table, visible, visible_lines};
use crate::faces::cli::render::when::relative;
use crate::faces::cli::render::{View, machine, with};
use crate::faces::cli::views::more;
use crate::operations::Page;
use crate::operations::entities::{
    EntityHistory, EntityPage, EntityTypeView, EntityVersion, EntityView, RegisteredType, TypeSummary,
};
use serde_json::Value;
use std::fmt::Write;

/// Of an entity's data in a list, so much is shown.
const GLANCE_CHARACTERS: usize = 120;

fn glance(text: &str) -> String {
    let mut shown: String = text.chars().take(GLANCE_CHARACTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    visible(&shown)
}

pub fn types(value: &Value, view: &View) -> String {
    with(value, view, |page: Page<TypeSummary>, view| {
        if page.items.is_empty() {
            return "no entity types; register one with: wfmcp entities types register TYPE SCHEMA.json\n"
                .to_owned();
        }
        let row = |kind: &TypeSummary| {
            vec![
                cell(&kind.name, Tone::Strong),
                plain(kind.version.to_string()),
                plain(kind.entities.to_string()),
                plain(glance(&kind.description)),
                plain(relative(&kind.updated_at, view)),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let head = ["type", "version", "entities", "about", "changed"];
        format!("{}{}", table(&head, rows, view), more(&page, view))
    })
}

pub fn entity_type(value: &Value, view: &View) -> String {
    with(value, view, |kind: EntityTypeView, view| {
        let about =
            if kind.description.is_empty() { String::new() } else { visible(&kind.description) + "\n" };
        let head = view.paint.bold(&kind.name);
        let facts = format!(
            "version {}, {} entities, changed {} by {}",
            kind.version,
            kind.entities,
            relative(&kind.updated_at, view),
            visible(&kind.updated_by)
        );
        format!("{head}  {}\n{about}\n{}", view.paint.dim(&facts), machine::json(&kind.schema))
    })
}

pub fn registered(value: &Value, view: &View) -> String {
    with(value, view, |registered: RegisteredType, view| {
        let kind = &registered.entity_type;
        let mut text = format!("{} has version {}\n", view.paint.bold(&kind.name), kind.version);
        if registered.broken_count > 0 {
            let names: Vec<String> = registered.broken.iter().map(|name| visible(name)).collect();
            let more = if registered.broken_count > names.len() as u64 { " ..." } else { "" };
            let count = view.paint.yellow(&format!("{} break it:", registered.broken_count));
            let _ = writeln!(text, "{count} {}{more}", names.join(", "));
        }
        let next = format!("next: wfmcp entities create {} NAME --set KEY=VALUE", kind.name);
        text + &view.paint.dim(&next) + "\n"
    })
}

pub fn list(value: &Value, view: &View) -> String {
    with(value, view, |page: EntityPage, view| {
        if let Some(count) = page.count {
            return format!("{count}\n");
        }
        if page.items.is_empty() {
            return "none\n".to_owned();
        }
        let row = |entity: &EntityView| {
            let name = if entity.deleted { &entity.entity_id } else { &entity.name };
            vec![
                cell(visible(name), Tone::Strong),
                plain(entity.version.to_string()),
                plain(glance(&entity.tags.join(", "))),
                plain(glance(&in_short(entity))),
                plain(relative(&entity.updated_at, view)),
            ]
        };
        let rows = page.items.iter().map(row).collect();
        let mut text = table(&["name", "version", "tags", "data", "changed"], rows, view);
        if let (Some(cursor), true) = (&page.cursor, page.has_more) {
            text.push_str(&view.paint.dim(&format!("there is more: --cursor {cursor}\n")));
        }
        text
    })
}

/// `status=broken owner={"name":"ada"}`
fn in_short(entity: &EntityView) -> String {
    let said = entity.data.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}={text}"),
        other => format!("{key}={other}"),
    });
    said.collect::<Vec<_>>().join(" ")
}

pub fn entity(value: &Value, view: &View) -> String {
    with(value, view, |entity: EntityView, view| {
        let paint = view.paint;
        let deleted = if entity.deleted { paint.red("  deleted") } else { String::new() };
        let id = paint.dim(&format!("{} {}", entity.entity_type, entity.entity_id));
        let mut text = format!("{}  {id}{deleted}\n", paint.bold(&visible(&entity.name)));
        let times = format!(
            "version {}, changed {} by {}, created {} by {}",
            entity.version,
            relative(&entity.updated_at, view),
            visible(&entity.updated_by),
            relative(&entity.created_at, view),
            visible(&entity.created_by)
        );
        let _ = writeln!(text, "{}", paint.dim(&times));
        if !entity.tags.is_empty() {
            let _ = writeln!(text, "{} {}", paint.dim("tags:"), visible(&entity.tags.join(", ")));
        }
        text + &visible_lines(&machine::json(&Value::Object(entity.data)))
    })
}

pub fn history(value: &Value, view: &View) -> String {
    with(value, view, |history: EntityHistory, view| {
        let name = view.paint.bold(&visible(&history.name));
        let mut text = format!("{name}  {}\n", view.paint.dim(&history.entity_id));
        for version in &history.items {
            tell(&mut text, version, view);
        }
        if let (Some(cursor), true) = (&history.cursor, history.has_more) {
            text.push_str(&view.paint.dim(&format!("there is more: --cursor {cursor}\n")));
        }
        text
    })
}

fn tell(text: &mut String, version: &EntityVersion, view: &View) {
    let session = version.session.as_ref().map(|session| format!(" {session}")).unwrap_or_default();
    let who =
        format!("{} by {} ({}{session})", relative(&version.at, view), visible(&version.by), version.face);
    let _ = writeln!(text, "{:>4}  {}  {}", version.version, version.change, view.paint.dim(&who));
    let said = |value: &Option<Value>| {
        value.as_ref().map_or("nothing".to_owned(), |value| glance(&value.to_string()))
    };
    for change in &version.changes {
        let pointer = view.paint.cyan(&visible(&change.pointer));
        let _ = writeln!(text, "      {pointer}: {} → {}", said(&change.before), said(&change.after));
    }
}
