//! `wfmcp projects`: metadata as it is typed, a project chosen from a list where none is named, and a name typed once
//! more before what it names is deleted.

use crate::faces::cli::dialog::{line, line_from, select};
use crate::faces::cli::forms::{Form, arguments, parsed, values};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::page::LIMIT_MAX;
use crate::operations::projects::{
    ArchiveProject, CreateProject, DeleteProject, GetProject, ListProjects, ProjectStatus, SwitchProject,
    UpdateProject,
};
use crate::operations::{Error, Hint, Kind, ProjectName};
use clap::{ArgMatches, Args};

pub const CREATE: Form = Form::of::<Create>(&["projects", "create"], "create_project", create);

pub const USE: Form = Form::of::<Named>(&["projects", "use"], "switch_project", switch);

pub const UPDATE: Form = Form::of::<Update>(&["projects", "update"], "update_project", update);

pub const RESTORE: Form = Form {
    example: "wfmcp projects restore website",
    arguments: |command| arguments::<Named>(command).about("Bring a project back that was archived"),
    ..Form::of::<Named>(&["projects", "restore"], "", restore)
};

pub const DELETE: Form = Form::of::<Delete>(&["projects", "delete"], "delete_project", delete);

#[derive(Debug, Args)]
struct Create {
    /// Its name, which no other has.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// What it is about.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Something to keep with it: JSON where it is some, else text.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Args)]
struct Named {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    project: Option<ProjectName>,
}

#[derive(Debug, Args)]
struct Update {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    project: Option<ProjectName>,
    /// Its new name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// What it is about from now on.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Something to keep with it: JSON where it is some, else text.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Something not to keep any longer.
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// The version you saw: refused if it changed since.
    #[arg(long, value_name = "VERSION")]
    version: Option<u64>,
}

#[derive(Debug, Args)]
struct Delete {
    /// Its name or id.
    #[arg(value_name = "PROJECT")]
    project: Option<ProjectName>,
    /// Its whole name once more, to be sure.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Even if runs in it have not ended.
    #[arg(long)]
    force: bool,
}

fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Create = parsed(matches)?;
    let mut description = typed.description;
    let name = match typed.name {
        Some(name) => name,
        None if session.may_ask() => {
            let name = answered(line("Its name")?)?;
            if description.is_none() {
                description = Some(answered(line("What it is about (may be empty)")?)?);
            }
            name
        }
        None => return Err(missing("NAME")),
    };
    let metadata = values::metadata(&typed.set, &[])?;
    let description = description.unwrap_or_default();
    let created = session.perform(CreateProject { name, description, metadata })?;
    Outcome::of(&created, views::show("create_project"), codes::DONE)
}

fn switch(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Named = parsed(matches)?;
    let project = named(session, typed.project, |status| status == ProjectStatus::Active)?;
    let switched = session.perform(SwitchProject { project })?;
    Outcome::of(&switched, views::show("switch_project"), codes::DONE)
}

fn update(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Update = parsed(matches)?;
    let project = named(session, typed.project, |_| true)?;
    let metadata = values::metadata(&typed.set, &typed.unset)?;
    let Update { mut name, mut description, mut version, .. } = typed;
    if name.is_none() && description.is_none() && metadata.is_empty() && session.may_ask() {
        let present = session.perform(GetProject { project: Some(project.clone()) })?.project;
        name = Some(answered(line_from("Its name", &present.name)?)?);
        description = Some(answered(line_from("What it is about", &present.description)?)?);
        version = version.or(Some(present.version));
    }
    let updated = session.perform(UpdateProject { project, name, description, metadata, version })?;
    Outcome::of(&updated, views::show("update_project"), codes::DONE)
}

fn restore(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Named = parsed(matches)?;
    let project = named(session, typed.project, |status| status == ProjectStatus::Archived)?;
    let restored = session.perform(ArchiveProject { project, restore: true })?;
    Outcome::of(&restored, views::show("archive_project"), codes::DONE)
}

fn delete(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Delete = parsed(matches)?;
    let project = named(session, typed.project, |_| true)?;
    let confirm = match typed.confirm {
        None if session.may_ask() => {
            let there = session.perform(GetProject { project: Some(project.clone()) })?;
            session.tell(&super::project_view::what_goes(&there, &session.screen));
            Some(answered(line("Its name, to delete it for good")?)?)
        }
        confirm => confirm,
    };
    let deleted = session.perform(DeleteProject { project, confirm, force: typed.force })?;
    Outcome::of(&deleted, views::show("delete_project"), codes::DONE)
}

/// The project that was typed, or chosen from those that fit.
fn named(
    session: &Session,
    typed: Option<ProjectName>,
    fits: fn(ProjectStatus) -> bool,
) -> Result<ProjectName, Error> {
    if let Some(name) = typed {
        return Ok(name);
    }
    if !session.may_ask() {
        return Err(missing("PROJECT"));
    }
    let all = ListProjects { archived: true, limit: Some(LIMIT_MAX), cursor: None };
    let mut projects = session.perform(all)?.items;
    projects.retain(|project| fits(project.status));
    if projects.is_empty() {
        return Err(Error::new(Kind::NotFound, "there is no such project"));
    }
    let names: Vec<&str> = projects.iter().map(|project| project.name.as_str()).collect();
    let at = answered(select("Which project", &names)?)?;
    Ok(ProjectName(projects.swap_remove(at).project_id))
}

fn answered<T>(answer: Option<T>) -> Result<T, Error> {
    answer.ok_or_else(|| Error::new(Kind::Cancelled, "nothing was changed"))
}

fn missing(what: &str) -> Error {
    Error::new(Kind::Usage, format!("{what} is missing"))
        .hint(Hint::call("see which projects there are", "list_projects"))
}
