//! Which work item is meant: by its id, with or without `w-`, or a prefix of it that only one has.

use crate::operations::{Aliases, Context, Error, Hint, WorkItemName};

/// How many candidates an ambiguous prefix is told with.
const SHOWN_MAX: usize = 5;

/// What an item's parent is called where it shall have none.
pub const NONE: &str = "none";

/// Other names for the field `item`.
pub const ITEM: Aliases =
    &[("work_item_id", "item"), ("work_item", "item"), ("item_id", "item"), ("id", "item")];

pub fn id(context: &Context, name: &WorkItemName) -> Result<String, Error> {
    let text = name.as_str().trim();
    let work = &context.project()?.work;
    if text.is_empty() {
        return Err(not_found(text));
    }
    let with_mark = if text.starts_with("w-") { text.to_owned() } else { format!("w-{text}") };
    let mut found = work.items_by_prefix(&with_mark, SHOWN_MAX + 1)?;
    match found.as_slice() {
        [] => Err(not_found(text)),
        [first, ..] if *first == with_mark => Ok(with_mark),
        [_] => Ok(found.remove(0)),
        _ => {
            let more = if found.len() > SHOWN_MAX { " and more" } else { "" };
            found.truncate(SHOWN_MAX);
            Err(Error::input(format!("`{text}` could mean {}{more}", found.join(", ")))
                .hint("write more of the id"))
        }
    }
}

fn not_found(text: &str) -> Error {
    Error::not_found("work item", text).hint(Hint::call("see which there are", "query_work_items"))
}

/// The parent that is meant; nothing for `none`.
pub fn parent(context: &Context, name: &WorkItemName) -> Result<Option<String>, Error> {
    if name.as_str().trim() == NONE { Ok(None) } else { id(context, name).map(Some) }
}
