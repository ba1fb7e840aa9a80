//! A deployment: what was brought where, from which change, and what came of it. It is recorded once and never changed.

use super::text::{is_line, is_word, shown};
use std::fmt;

pub const ID_CHARACTERS_MAX: usize = 100;
pub const ENVIRONMENT_CHARACTERS_MAX: usize = 100;
pub const REFERENCE_CHARACTERS_MAX: usize = 500;
pub const LINKS_MAX: usize = 200;
/// As JSON: a list shows it with every deployment.
pub const METADATA_BYTES_MAX: usize = 16 * 1024;

/// What somebody wants to have recorded.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub id: &'a str,
    pub environment: &'a str,
    pub pull_request: Option<&'a str>,
    pub commit: Option<&'a str>,
    pub metadata_bytes: usize,
    pub entities: &'a [String],
    pub work_items: &'a [String],
}

/// What of it can't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer to the field.
    pub pointer: String,
    pub expected: String,
    pub got: String,
}

/// Something that a deployment is linked to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    Entity { of_type: String, name: String },
    WorkItem(String),
}

impl Link {
    /// `TYPE/NAME`; a name may have further strokes.
    pub fn entity(text: &str) -> Option<Self> {
        let (of_type, name) = text.split_once('/')?;
        let both = is_line(of_type, REFERENCE_CHARACTERS_MAX) && is_line(name, REFERENCE_CHARACTERS_MAX);
        both.then(|| Self::Entity { of_type: of_type.to_owned(), name: name.to_owned() })
    }

    pub fn work_item(text: &str) -> Option<Self> {
        is_word(text, REFERENCE_CHARACTERS_MAX).then(|| Self::WorkItem(text.to_owned()))
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entity { of_type, name } => write!(f, "{of_type}/{name}"),
            Self::WorkItem(item) => f.write_str(item),
        }
    }
}

/// The links of a draft, each once, or everything that is wrong with it.
pub fn check(draft: &Draft<'_>) -> Result<Vec<Link>, Vec<Fault>> {
    let one_line = |max: usize| format!("one line of 1 to {max} characters");
    let reference = |pointer: &str, text: Option<&str>| {
        let wrong = text.filter(|text| !is_line(text, REFERENCE_CHARACTERS_MAX))?;
        Some(Fault::new(pointer, one_line(REFERENCE_CHARACTERS_MAX), shown(wrong)))
    };
    let (bytes, count) = (draft.metadata_bytes, draft.entities.len() + draft.work_items.len());
    let found = [
        (!is_word(draft.id, ID_CHARACTERS_MAX)).then(|| {
            let expected = format!("one word of at most {ID_CHARACTERS_MAX} characters");
            Fault::new("/id", expected, shown(draft.id))
        }),
        (!is_line(draft.environment, ENVIRONMENT_CHARACTERS_MAX)).then(|| {
            Fault::new("/environment", one_line(ENVIRONMENT_CHARACTERS_MAX), shown(draft.environment))
        }),
        reference("/pull_request", draft.pull_request),
        reference("/commit", draft.commit),
        (bytes > METADATA_BYTES_MAX).then(|| {
            let expected = format!("at most {METADATA_BYTES_MAX} bytes of JSON");
            Fault::new("/metadata", expected, format!("{bytes} bytes"))
        }),
        (count > LINKS_MAX)
            .then(|| Fault::new("/entities", format!("at most {LINKS_MAX} links"), count.to_string())),
    ];
    let mut faults: Vec<Fault> = found.into_iter().flatten().collect();
    let mut links = Vec::new();
    for (at, text) in draft.entities.iter().take(LINKS_MAX).enumerate() {
        let wrong =
            || Fault::new(&format!("/entities/{at}"), "TYPE/NAME of an entity".to_owned(), shown(text));
        Link::entity(text).map_or_else(|| faults.push(wrong()), |link| links.push(link));
    }
    for (at, text) in draft.work_items.iter().take(LINKS_MAX).enumerate() {
        let wrong =
            || Fault::new(&format!("/work_items/{at}"), "the id of a work item".to_owned(), shown(text));
        Link::work_item(text).map_or_else(|| faults.push(wrong()), |link| links.push(link));
    }
    links.sort();
    links.dedup();
    if faults.is_empty() { Ok(links) } else { Err(faults) }
}

impl Fault {
    fn new(pointer: &str, expected: String, got: String) -> Self {
        Self { pointer: pointer.to_owned(), expected, got }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAFT: Draft<'_> = Draft {
        id: "d-1",
        environment: "production",
        pull_request: Some("https://example.org/pull/7"),
        commit: Some("0a1b2c3"),
        metadata_bytes: 2,
        entities: &[],
        work_items: &[],
    };

    #[test]
    fn links_are_read_once_each() {
        let entities = ["service/web".to_owned(), "service/web/eu".to_owned(), "service/web".to_owned()];
        let work_items = ["w-1".to_owned()];
        let links = check(&Draft { entities: &entities, work_items: &work_items, ..DRAFT }).unwrap();
        let told: Vec<String> = links.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["service/web", "service/web/eu", "w-1"]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let entities = ["web".to_owned(), "/web".to_owned()];
        let work_items = vec!["a b".to_owned(); LINKS_MAX];
        let wrong = Draft {
            id: "a b",
            environment: "",
            pull_request: Some("a\nb"),
            commit: Some(" "),
            metadata_bytes: METADATA_BYTES_MAX + 1,
            entities: &entities,
            work_items: &work_items,
        };
        let faults = check(&wrong).unwrap_err();
        let pointers: Vec<&str> = faults.iter().take(9).map(|fault| fault.pointer.as_str()).collect();
        let expected = ["/id", "/environment", "/pull_request", "/commit", "/metadata", "/entities"];
        assert_eq!(pointers[..6], expected);
        assert_eq!(pointers[6..], ["/entities/0", "/entities/1", "/work_items/0"]);
    }
}
