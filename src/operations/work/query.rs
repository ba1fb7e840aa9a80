//! `wfmcp work list`.

use super::find;
use super::summary::WorkItemSummary;
use crate::operations::page::{Page, Place};
use crate::operations::{Access, Aliases, Context, Error, Operation, Toolset, WorkItemName};
use crate::records::work::{Item, ItemType, Status};
use crate::store::work::{Order, Position, Readiness, WorkFilter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// List work items by status, type, place, readiness or text.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueryWorkItems {
    /// Only those in one of these states.
    #[arg(long, value_enum, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<Status>,
    /// Only those of one of these types.
    #[serde(rename = "type")]
    #[arg(id = "type", long = "type", value_enum, value_name = "TYPE", value_delimiter = ',')]
    pub types: Vec<ItemType>,
    /// Only what is below this item.
    #[arg(long, value_name = "ITEM")]
    pub under: Option<WorkItemName>,
    /// Only what can be worked on: unfinished, and nothing that blocks it is.
    #[arg(long, conflicts_with = "blocked")]
    pub ready: bool,
    /// Only what is unfinished and not ready.
    #[arg(long)]
    pub blocked: bool,
    /// Only titles that contain this.
    #[arg(long, value_name = "TEXT")]
    pub text: Option<String>,
    /// Only those linked to this branch.
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// By `priority` (then the oldest), `created` or `updated` (the latest first), or `title`.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = Sort::Priority)]
    pub sort: Sort,
    /// Tell how many there are on all pages, too.
    #[arg(long)]
    pub count: bool,
    /// At most this many.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Where the page before ended: its `cursor`.
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Sort {
    #[default]
    Priority,
    Created,
    Updated,
    Title,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkItems {
    pub items: Vec<WorkItemSummary>,
    /// How many there are on all pages, where that was asked.
    pub total: Option<u64>,
    pub has_more: bool,
    /// Give this back as `cursor` to get the next page.
    pub cursor: Option<String>,
}

/// Titles are as long as somebody made them: a page ends where it would become more than this.
const PAGE_BYTES_MAX: usize = 60 * 1024;
const TEXT_BYTES_MAX: usize = 1_000;

impl Operation for QueryWorkItems {
    const NAME: &'static str = "query_work_items";
    const COMMAND: &'static [&'static str] = &["work", "list"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::WorkItems;
    const EXAMPLE: &'static str = "wfmcp work list --status open,in_progress --type task --sort updated";
    const ALIASES: Aliases =
        &[("types", "type"), ("item_type", "type"), ("parent", "under"), ("query", "text")];
    type Output = WorkItems;

    async fn perform(self, context: &Context) -> Result<WorkItems, Error> {
        if self.ready && self.blocked {
            return Err(Error::input("nothing is both ready and blocked").hint("ask for one of them"));
        }
        if self.text.as_ref().is_some_and(|text| text.len() > TEXT_BYTES_MAX) {
            return Err(Error::input(format!("the text to look for has more than {TEXT_BYTES_MAX} bytes"))
                .hint("a few words of the title do"));
        }
        let asked = (&self.status, &self.types, &self.under, (self.ready, self.blocked), &self.text);
        let asked = (asked, &self.branch, self.sort);
        let mut place = Place::read(Self::NAME, &asked, self.limit, self.cursor.as_deref())?;
        let work = &context.project()?.work;
        let under = self.under.as_ref().map(|under| find::id(context, under)).transpose()?;
        let filter = WorkFilter {
            status: self.status,
            types: self.types,
            under: under.map(|under| work.item(&under)).transpose()?.map(|under| under.path),
            readiness: match (self.ready, self.blocked) {
                (true, _) => Some(Readiness::Ready),
                (_, true) => Some(Readiness::Blocked),
                _ => None,
            },
            text: self.text.filter(|text| !text.is_empty()),
            branch: self.branch,
            order: order(self.sort),
            after: place.after.as_deref().map(position).transpose()?,
            limit: Some(place.limit + 1),
        };
        let items = work.items(&filter)?;
        place.limit = place.limit.min(fitting(&items));
        let total = self.count.then(|| work.count_items(&filter)).transpose()?;
        let Page { items, has_more, cursor } = place.cut(items, cursor_of);
        Ok(WorkItems {
            items: items.into_iter().map(WorkItemSummary::from).collect(),
            total,
            has_more,
            cursor,
        })
    }
}

/// How many of these fit on a page; one always does.
fn fitting(items: &[Item]) -> usize {
    let mut bytes = 0;
    let fits = items.iter().take_while(|item| {
        bytes += serde_json::to_string(&WorkItemSummary::from((*item).clone())).map_or(0, |text| text.len());
        bytes <= PAGE_BYTES_MAX
    });
    fits.count().max(1)
}

fn order(sort: Sort) -> Order {
    match sort {
        Sort::Priority => Order::Priority,
        Sort::Created => Order::Created,
        Sort::Updated => Order::Updated,
        Sort::Title => Order::Title,
    }
}

fn cursor_of(item: &Item) -> String {
    let Item { id, priority, created_at, updated_at, title, .. } = item;
    format!("{id} {} {created_at} {updated_at} {title}", priority.rank())
}

fn position(cursor: &str) -> Result<Position, Error> {
    let parts: Vec<&str> = cursor.splitn(5, ' ').collect();
    let read = || {
        let [item, rank, created_at, updated_at, title] = parts.as_slice() else { return None };
        Some(Position {
            item: (*item).to_owned(),
            rank: rank.parse().ok()?,
            created_at: created_at.parse().ok()?,
            updated_at: updated_at.parse().ok()?,
            title: (*title).to_owned(),
        })
    };
    read().ok_or_else(|| {
        Error::input("this is no cursor of this list").hint("give back the `cursor` of the page before")
    })
}
