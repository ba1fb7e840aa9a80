//! `wfmcp work create`, `update`, `move`, `ready` and `delete`: metadata as it is typed, questions where a person left
//! something out, and a second thought before a subtree goes.

use crate::faces::cli::dialog::{ask_value, confirm};
use crate::faces::cli::forms::{Form, arguments, nothing, parsed, values};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::work::{
    CreateWorkItem, DeleteWorkItem, GetWorkItemTree, ItemType, Priority, QueryWorkItems, Status,
    UpdateWorkItem,
};
use crate::operations::{Error, Kind, Operation, WorkItemName};
use clap::{ArgMatches, Args};
use serde_json::json;

pub const CREATE: Form = Form::of::<Create>(&["work", "create"], "create_work_item", create);

pub const UPDATE: Form = Form::of::<Update>(&["work", "update"], "update_work_item", update);

pub const MOVE: Form = Form {
    path: &["work", "move"],
    operation: "",
    example: "wfmcp work move w-7q2m w-k7f3\nwfmcp work move w-7q2m none",
    arguments: |command| {
        arguments::<Move>(command.about("Move a work item, and what is below it, to another place"))
    },
    settings: nothing,
    perform: relocate,
};

pub const READY: Form = Form {
    path: &["work", "ready"],
    operation: "",
    example: "wfmcp work ready --under w-7q2m",
    arguments: |command| arguments::<Ready>(command.about("List what can be worked on now")),
    settings: nothing,
    perform: ready,
};

pub const DELETE: Form = Form::of::<DeleteWorkItem>(&["work", "delete"], "delete_work_item", delete);

#[derive(Debug, Args)]
struct Create {
    /// What is to be done, in a line.
    #[arg(value_name = "TITLE")]
    title: Option<String>,
    /// A task when absent, or a subtask below a task, research or subtask.
    #[arg(id = "type", short = 't', long = "type", value_enum, value_name = "TYPE")]
    item_type: Option<ItemType>,
    /// The item it is part of.
    #[arg(long, value_name = "ITEM")]
    parent: Option<WorkItemName>,
    /// How urgent it is.
    #[arg(long, value_enum, value_name = "PRIORITY", default_value_t = Priority::Normal)]
    priority: Priority,
    /// Where it stands.
    #[arg(long, value_enum, value_name = "STATUS", default_value_t = Status::Open)]
    status: Status,
    /// Metadata: name=value, name=@file, name:=json.
    #[arg(long, value_name = "NAME=VALUE")]
    meta: Vec<String>,
}

#[derive(Debug, Args)]
struct Update {
    #[command(flatten)]
    change: UpdateWorkItem,
    /// Metadata: name=value, name=@file, name:=json; name:=null takes it away.
    #[arg(long, value_name = "NAME=VALUE")]
    meta: Vec<String>,
}

#[derive(Debug, Args)]
struct Move {
    /// Its id, or a prefix of it.
    #[arg(value_name = "ITEM")]
    item: WorkItemName,
    /// The item it shall be part of, `none` for no item.
    #[arg(value_name = "PARENT")]
    parent: WorkItemName,
}

#[derive(Debug, Args)]
struct Ready {
    /// Only what is below this item.
    #[arg(long, value_name = "ITEM")]
    under: Option<WorkItemName>,
    /// Only those of one of these types.
    #[arg(id = "type", long = "type", value_enum, value_name = "TYPE", value_delimiter = ',')]
    types: Vec<ItemType>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let mut typed: Create = parsed(matches)?;
    let metadata = values::inputs(&session.context.dir, None, &typed.meta)?;
    if typed.title.is_none() && session.may_ask() {
        ask(&mut typed)?;
    }
    let Create { title, item_type, parent, priority, status, .. } = typed;
    let Some(title) = title else {
        return Err(Error::new(Kind::Usage, "what is to be done?")
            .hint("name it: wfmcp work create 'Move the login'"));
    };
    let create = CreateWorkItem { title, item_type, parent, priority, status, metadata };
    Outcome::of(&session.perform(create)?, views::show(CreateWorkItem::NAME), codes::DONE)
}

/// What is left out.
fn ask(typed: &mut Create) -> Result<(), Error> {
    let left = || Error::new(Kind::Cancelled, "nothing was created");
    let title =
        json!({ "type": "string", "minLength": 1, "maxLength": 200, "description": "what is to be done" });
    let title = ask_value("title", &title)?.ok_or_else(left)?;
    typed.title = title.as_str().map(str::to_owned);
    if typed.item_type.is_none() && typed.parent.is_none() {
        let names: Vec<&str> =
            ItemType::ALL.iter().filter(|one| one.may_stand_alone()).map(|one| one.name()).collect();
        let chosen = ask_value("type", &json!({ "enum": names, "default": "task" }))?.ok_or_else(left)?;
        typed.item_type = chosen.as_str().and_then(ItemType::named);
    }
    Ok(())
}

fn update(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Update = parsed(matches)?;
    let metadata = values::inputs(&session.context.dir, None, &typed.meta)?;
    let mut change = UpdateWorkItem { metadata, ..typed.change };
    let says_nothing = change.title.is_none()
        && change.status.is_none()
        && change.priority.is_none()
        && change.parent.is_none()
        && change.metadata.is_empty();
    if says_nothing {
        if !session.may_ask() {
            return Err(Error::new(Kind::Usage, "what shall be otherwise?")
                .hint("name it: --title, --status, --priority, --parent or --meta"));
        }
        let names: Vec<&str> = Status::ALL.iter().map(|status| status.name()).collect();
        let chosen = ask_value("status", &json!({ "enum": names }))?;
        let chosen = chosen.ok_or_else(|| Error::new(Kind::Cancelled, "nothing was changed"))?;
        change.status = chosen.as_str().and_then(Status::named);
    }
    Outcome::of(&session.perform(change)?, views::show(UpdateWorkItem::NAME), codes::DONE)
}

fn relocate(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Move { item, parent } = parsed(matches)?;
    let change = UpdateWorkItem { item, parent: Some(parent), ..UpdateWorkItem::default() };
    Outcome::of(&session.perform(change)?, views::show(UpdateWorkItem::NAME), codes::DONE)
}

fn ready(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Ready { under, types, limit, cursor } = parsed(matches)?;
    let query = QueryWorkItems { under, types, limit, cursor, ready: true, ..QueryWorkItems::default() };
    Outcome::of(&session.perform(query)?, super::work_view::ready_items, codes::DONE)
}

/// Somebody at a terminal is asked before more than one item goes.
fn delete(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let mut typed: DeleteWorkItem = parsed(matches)?;
    if session.may_ask() {
        let look = GetWorkItemTree { item: Some(typed.item.clone()), limit: Some(1), depth: Some(1) };
        let tree = session.perform(look)?;
        if let (Some(top), 1..) = (tree.items.first(), tree.total) {
            let (id, title) = (&top.item.work_item_id, &top.item.title);
            let below = if tree.total == 1 { "one item".to_owned() } else { format!("{} items", tree.total) };
            if confirm(&format!("Delete {id} ({title}) and {below} below it"))? != Some(true) {
                return Err(Error::new(Kind::Cancelled, "nothing was deleted"));
            }
            typed.recursive = true;
        }
    }
    let deleted = session.perform(typed)?;
    Outcome::of(&deleted, views::show(DeleteWorkItem::NAME), codes::DONE)
}
