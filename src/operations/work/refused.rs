//! What the rules of work items refuse, and what to do then.

use crate::operations::{Detail, Error, Hint, Kind};
use crate::records::work::{Problem, Refusal};

impl From<Problem> for Detail {
    fn from(problem: Problem) -> Self {
        Self { pointer: problem.pointer, expected: problem.expected, got: problem.got }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let message = refusal.to_string();
        let conflict = || Self::new(Kind::Conflict, message.clone());
        let look = |text: &str, item: String| Hint::call(text, "get_work_item").with("item", item);
        match refusal {
            R::Invalid(problems) => Self { details: details(problems), ..Self::input(message) },
            R::Stale { item, problems, .. } => Self { details: details(problems), ..conflict() }
                .hint(look("see it as it is, then change that version", item)),
            R::Cycle(chain) => match chain.as_slice() {
                // The first link is the one that was wanted, the last one is there.
                [_, _, .., previous, last] | [_, previous, last] if previous != last => conflict().hint(
                    Hint::call("take one of them back first", "remove_dependency")
                        .with("from", last)
                        .with("to", previous),
                ),
                _ => conflict(),
            },
            R::Kin { whole, .. } => conflict().hint(look("name another of its parts", whole)),
            R::Unfinished { item, .. } => {
                conflict().hint(Hint::call("finish or cancel them", "query_work_items").with("under", item))
            }
            R::Children { item, .. } => conflict()
                .hint(Hint::call("see what would go, too", "get_work_item_tree").with("item", item.clone()))
                .hint(
                    Hint::call("delete all of it", "delete_work_item")
                        .with("item", item)
                        .with("recursive", "true"),
                ),
            R::Full { .. } => Self::new(Kind::Limit, message),
        }
    }
}

fn details(problems: Vec<Problem>) -> Vec<Detail> {
    problems.into_iter().map(Detail::from).collect()
}
